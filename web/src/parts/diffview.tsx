/** What changed between two states of the program, line by line, with the words that changed within a line. */

import { diffWordsWithSpace, structuredPatch } from "diff";
import { Loading, Problem, Segments } from "./small";
import { useDoc } from "../data";
import type { FilesDoc } from "../types";

export type Against = "parent" | "start" | "best";

interface Shown { kind: "same" | "gone" | "new"; old: number | null; now: number | null; text: string; words?: { text: string; changed: boolean }[] }

const MOST = 4000; // lines of one file; a longer difference is cut and says so

export function DiffView({ base, number, parent, best, against, set }: {
  base: string[]; number: number; parent: number | null; best: number | null; against: Against; set: (against: Against) => void;
}) {
  const other = against === "start" ? "start" : against === "best" ? String(best) : parent === null ? `${number}p` : String(parent);
  const first = against === "best" && best === null;
  const now = useDoc<FilesDoc>([...base, "files", String(number)]);
  const then = useDoc<FilesDoc>(first ? null : [...base, "files", other]);
  const problem = now.error ?? then.error;
  return (
    <div class="diff">
      <Segments label="Compare with" value={against} set={set} options={[
        { value: "parent", text: parent ? `parent #${parent}` : "parent" },
        { value: "start", text: "baseline" },
        { value: "best", text: best === null ? "best before" : `best before #${best}`, off: best === null && "no best before this one" },
      ]} />
      {problem ? <Problem text={problem} /> : now.doc && then.doc ? <Files then={then.doc.files} now={now.doc.files} /> : first ? <p class="muted">There is no best before this one.</p> : <Loading what="the program" />}
    </div>
  );
}

export function Files({ then, now }: { then: Record<string, string>; now: Record<string, string> }) {
  const names = [...new Set([...Object.keys(then), ...Object.keys(now)])].sort();
  const changed = names.filter((name) => then[name] !== now[name]);
  if (!changed.length) return <p class="muted">The same program, byte for byte.</p>;
  return <>{changed.map((name) => <OneFile key={name} name={name} then={then[name]} now={now[name]} />)}</>;
}

function OneFile({ name, then, now }: { name: string; then: string | undefined; now: string | undefined }) {
  const hunks = structuredPatch(name, name, then ?? "", now ?? "", "", "", { context: 3, timeout: 2000 })?.hunks;
  if (!hunks) return <p class="muted">{name}: too different to compare in a browser.</p>;
  const added = hunks.flatMap((each) => each.lines).filter((line) => line[0] === "+").length;
  const gone = hunks.flatMap((each) => each.lines).filter((line) => line[0] === "-").length;
  let left = MOST;
  return (
    <figure class="file">
      <figcaption><code>{name}</code><span class="plus">+{added}</span><span class="minus">−{gone}</span></figcaption>
      <div class="code" tabIndex={0} role="region" aria-label={`Changes of ${name}`}>
        <table>
          <tbody>
            {hunks.map((hunk, i) => {
              const lines = shown(hunk.lines, hunk.oldStart, hunk.newStart).slice(0, Math.max(0, left));
              left -= lines.length;
              return [
                <tr class="gap" key={`gap${i}`}><td colSpan={3}>{i ? "⋯" : ""}</td></tr>,
                ...lines.map((line, j) => <Line key={`${i}.${j}`} line={line} />),
              ];
            })}
          </tbody>
        </table>
        {left <= 0 ? <p class="muted">Cut after {MOST} lines.</p> : null}
      </div>
    </figure>
  );
}

function Line({ line }: { line: Shown }) {
  const sign = line.kind === "new" ? "+" : line.kind === "gone" ? "−" : " ";
  return (
    <tr class={line.kind}>
      <td class="no">{line.old ?? ""}</td><td class="no">{line.now ?? ""}</td>
      <td class="text"><span class="sign">{sign}</span>{line.words ? line.words.map((word, i) => (word.changed ? <mark key={i}>{word.text}</mark> : word.text)) : line.text}</td>
    </tr>
  );
}

function shown(lines: string[], oldStart: number, newStart: number): Shown[] {
  let old = oldStart, now = newStart;
  const found: Shown[] = lines.filter((line) => line[0] !== "\\").map((line) => {
    const text = line.slice(1);
    if (line[0] === "-") return { kind: "gone", old: old++, now: null, text };
    if (line[0] === "+") return { kind: "new", old: null, now: now++, text };
    return { kind: "same", old: old++, now: now++, text };
  });
  for (let i = 0; i < found.length;) {
    if (found[i].kind !== "gone") { i++; continue; }
    let gone = i; while (found[gone]?.kind === "gone") gone++;
    let fresh = gone; while (found[fresh]?.kind === "new") fresh++;
    if (gone - i === fresh - gone) for (let k = 0; k < gone - i; k++) pair(found[i + k], found[gone + k]);
    i = Math.max(fresh, gone);
  }
  return found;
}

function pair(gone: Shown, fresh: Shown): void {
  if (gone.text.length + fresh.text.length > 600) return;
  const parts = diffWordsWithSpace(gone.text, fresh.text);
  const same = parts.filter((part) => !part.added && !part.removed).reduce((sum, part) => sum + part.value.trim().length, 0);
  if (same * 3 < Math.min(gone.text.trim().length, fresh.text.trim().length)) return;
  gone.words = parts.filter((part) => !part.added).map((part) => ({ text: part.value, changed: !!part.removed }));
  fresh.words = parts.filter((part) => !part.removed).map((part) => ({ text: part.value, changed: !!part.added }));
}
