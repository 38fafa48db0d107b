/** Where each state came from: experiments as a tree, the way to the best marked. Made by hand as SVG, in layers. */

import { useMemo } from "preact/hooks";
import type { Series } from "./series";
import { score } from "../format";
import type { TrialDoc } from "../types";
import { SHAPES } from "../verdicts";

const MOST = 1500; // nodes; of longer trials the lines of descent that end in a best are shown

interface Node { n: number; x: number; y: number; from: number[] }

export function parentsOf(doc: TrialDoc, n: number): number[] {
  const crossed = doc.columns.parents?.[n - 1];
  if (crossed?.length) return crossed;
  const parent = doc.columns.parent[n - 1];
  return parent ? [parent] : [];
}

export function Lineage({ doc, series, selected, until, select }: { doc: TrialDoc; series: Series; selected: number; until: number | null; select: (number: number) => void }) {
  const count = until ?? series.kind.length;
  const { nodes, width, height, left } = useMemo(() => layout(doc, series, count), [doc, count]);
  const way = useMemo(() => {
    const found = new Set<number>();
    const waiting = [selected];
    while (waiting.length) {
      const n = waiting.pop()!;
      if (n < 1 || found.has(n)) continue;
      found.add(n);
      waiting.push(...parentsOf(doc, n));
    }
    return found;
  }, [doc, selected]);
  const at = new Map(nodes.map((node) => [node.n, node]));
  if (!nodes.length) return <p class="muted">No experiment yet.</p>;
  return (
    <div class="lineage">
      <p class="muted">Each experiment below the one it came from{doc.columns.place ? `; places: ${[...new Set(doc.columns.place)].filter(Boolean).slice(0, 12).join(", ")}` : ""}. The line of #{selected} is drawn strong.{left ? ` Of ${series.kind.length} only the ancestors of bests are drawn.` : ""}</p>
      <div class="scroll" tabIndex={0} role="region" aria-label="Lineage tree">
        <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`Lineage of ${nodes.length} experiments`}>
          {nodes.flatMap((node) => node.from.map((parent) => {
            const up = at.get(parent);
            if (!up) return null;
            const strong = way.has(node.n) && way.has(parent);
            return <path key={`${parent}-${node.n}`} class={strong ? "edge strong" : "edge"} d={`M${up.x} ${up.y}C${up.x} ${(up.y + node.y) / 2} ${node.x} ${(up.y + node.y) / 2} ${node.x} ${node.y}`} />;
          }))}
          {nodes.map((node) => {
            const kind = series.kind[node.n - 1];
            return (
              <g key={node.n} class={`node v-${kind}${SHAPES[kind].stroked ? " stroked" : ""}${node.n === selected ? " selected" : ""}`} transform={`translate(${node.x} ${node.y})`} onClick={() => select(node.n)}>
                <circle class="hit" r="9" /><path d={SHAPES[kind].path(4.2)} />
                <title>{`#${node.n} ${kind.replaceAll("_", " ")} ${score(series.score[node.n - 1])}: ${series.hypothesis[node.n - 1]}`}</title>
              </g>
            );
          })}
        </svg>
      </div>
    </div>
  );
}

/** A tidy tree: leaves side by side, a parent over the middle of its children; a second parent adds an edge only. */
function layout(doc: TrialDoc, series: Series, count: number): { nodes: Node[]; width: number; height: number; left: boolean } {
  const left = count > MOST;
  let keep: Set<number> | null = null;
  if (left) {
    keep = new Set();
    for (const best of series.bests) {
      let n: number | undefined = best;
      while (n && !keep.has(n) && keep.size < MOST) { keep.add(n); n = parentsOf(doc, n)[0]; }
    }
  }
  const children = new Map<number, number[]>();
  const roots: number[] = [];
  for (let n = 1; n <= count; n++) {
    if (keep && !keep.has(n)) continue;
    const parent = parentsOf(doc, n)[0];
    if (parent && parent < n && (!keep || keep.has(parent))) children.set(parent, [...(children.get(parent) ?? []), n]);
    else roots.push(n);
  }
  const nodes: Node[] = [];
  let next = 0, deepest = 0;
  const stack: { n: number; depth: number; done: boolean }[] = roots.reverse().map((n) => ({ n, depth: 0, done: false }));
  const xs = new Map<number, number>();
  while (stack.length) {
    const top = stack.pop()!;
    const below = children.get(top.n) ?? [];
    if (!top.done && below.length) {
      stack.push({ ...top, done: true }, ...below.map((n) => ({ n, depth: top.depth + 1, done: false })).reverse());
      continue;
    }
    const x = below.length ? (xs.get(below[0])! + xs.get(below[below.length - 1])!) / 2 : next++;
    xs.set(top.n, x);
    deepest = Math.max(deepest, top.depth);
    nodes.push({ n: top.n, x: 16 + x * 18, y: 16 + top.depth * 30, from: parentsOf(doc, top.n) });
  }
  return { nodes, width: Math.max(120, 32 + next * 18), height: 40 + deepest * 30, left };
}
