/** A list that holds any number of rows and draws only those in sight. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

export function LongList({ count, height, row, into, label, id, draw }: {
  count: number; height: number; row: number; into: number | null; label: string; id: string; draw: (index: number) => ComponentChildren;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useEffect(() => {
    const found = box.current;
    if (!found || into === null || into < 0) return;
    const from = into * row;
    if (from < found.scrollTop) found.scrollTop = from;
    else if (from + row > found.scrollTop + found.clientHeight) found.scrollTop = from + row - found.clientHeight;
  }, [into, count]);
  const first = Math.max(0, Math.floor(top / row) - 4);
  const last = Math.min(count, Math.ceil((top + height) / row) + 4);
  const rows = [];
  for (let i = first; i < last; i++) rows.push(draw(i));
  return (
    <div class="long" ref={box} style={{ maxHeight: `${height}px` }} onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      tabIndex={0} role="listbox" aria-label={label} id={id} aria-activedescendant={into === null ? undefined : `${id}-${into}`}>
      <div style={{ height: `${count * row}px` }} role="presentation">
        <div style={{ transform: `translateY(${first * row}px)` }} role="presentation">{rows}</div>
      </div>
    </div>
  );
}
