/** Every experiment, one a row, filtered by verdict and words. */

import { useMemo, useState } from "preact/hooks";
import { LongList } from "./list";
import type { Series } from "./series";
import { Glyph } from "./small";
import { plural, score, words } from "../format";
import type { Kind } from "../verdicts";

const ROW = 36;

export function Experiments({ series, shown, selected, until, select }: {
  series: Series; shown: Set<Kind>; selected: number; until: number | null; select: (number: number) => void;
}) {
  const [search, setSearch] = useState("");
  const numbers = useMemo(() => {
    const wanted = search.trim().toLowerCase();
    const found: number[] = [];
    for (let i = 0; i < series.kind.length; i++) {
      if (until !== null && i >= until) break;
      if (shown.has(series.kind[i]) && (!wanted || series.hypothesis[i].toLowerCase().includes(wanted) || `#${i + 1}` === wanted)) found.push(i + 1);
    }
    return found;
  }, [series, shown, search, until]);
  const at = numbers.indexOf(selected);
  return (
    <section class="card experiments" aria-labelledby="experiments-title">
      <header>
        <h2 id="experiments-title">Experiments</h2>
        <input type="search" id="search" placeholder="Search hypotheses  /" aria-label="Search hypotheses" value={search} onInput={(event) => setSearch(event.currentTarget.value)} />
      </header>
      {numbers.length === 0 ? <p class="muted pad">{series.kind.length ? "None of them matches." : "None yet."}</p> : (
        <LongList id="experiments" label={`${plural(numbers.length, "experiment")}`} count={numbers.length} height={ROW * 15} row={ROW} into={at < 0 ? null : at}
          draw={(i) => {
            const n = numbers[i];
            const kind = series.kind[n - 1];
            return (
              <div key={n} id={`experiments-${i}`} role="option" aria-selected={n === selected} class={`experiment k-${kind}`} style={{ height: `${ROW}px` }} onClick={() => select(n)}>
                <span class="n">{n}</span>
                <Glyph kind={kind} />
                <span class="score">{series.score[n - 1] === null ? words(series.kind[n - 1]) : score(series.score[n - 1])}</span>
                <span class="hypothesis" title={series.hypothesis[n - 1]}>{series.hypothesis[n - 1] || "no hypothesis"}</span>
              </div>
            );
          }} />
      )}
      <footer class="muted">{numbers.length === series.kind.length ? plural(numbers.length, "experiment") : `${numbers.length} of ${plural(series.kind.length, "experiment")}`}</footer>
    </section>
  );
}
