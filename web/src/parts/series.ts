/** From a trial's columns to what the chart draws: pure. */

import type { Columns, Figure, Mark, TrialDoc } from "../types";
import { type Kind, kindOf } from "../verdicts";
import type { Over } from "./chart";

export type { Mark };

/** The band around the best that is not told from it, in score. */
export interface Noise { floor: number; inScore: number }

export interface Series {
  x: Record<Over, number[]>;
  score: Figure[]; best: Figure[]; kind: Kind[]; hypothesis: string[];
  bests: number[]; // numbers of experiments that were a new best
  low: number; // lowest score that is drawn at its place; worse ones lie on this line
  lane: number; // where what has no score is drawn
  floor: number; top: number; // of the drawing
  failed: number;
  words: string;
}

export function seriesOf(doc: TrialDoc): Series {
  const { columns } = doc;
  const vetoed = new Set(doc.vetoed);
  const best: Figure[] = [];
  const kind: Kind[] = [];
  const bests: number[] = [];
  let top: Figure = null;
  columns.verdict.forEach((verdict, i) => {
    const out = vetoed.has(i + 1);
    const value = columns.score[i];
    const better = verdict === "ok" && value !== null && !out && (top === null || value > top);
    if (better) { top = value; bests.push(i + 1); }
    best.push(top);
    kind.push(kindOf(verdict, better, out));
  });
  const scores = columns.score.filter((value): value is number => value !== null);
  const sorted = [...scores].sort((a, b) => a - b);
  const lowest = sorted.length ? Math.min(0, Math.max(sorted[0], sorted[Math.floor(sorted.length * 0.02)], -0.6)) : 0;
  const highest = Math.max(...(sorted.length ? [sorted[sorted.length - 1]] : []), 0.1);
  const ceiling = highest > 0.55 ? Math.max(1.02, highest * 1.06) : highest * 1.18;
  const failed = columns.score.filter((value) => value === null).length;
  const span = ceiling - lowest;
  const low = lowest - span * 0.03;
  return {
    x: {
      elapsed: columns.elapsed,
      experiments: columns.elapsed.map((_, i) => i + 1),
      tokens: carried(columns.tokens),
      usd: carried(columns.usd),
    },
    score: columns.score, best, kind, bests, hypothesis: columns.hypothesis,
    low, lane: low - span * 0.055, floor: low - span * (failed ? 0.11 : 0.02), top: ceiling, failed,
    words: top === null ? "nothing has a score yet" : `${(top as number).toFixed(3)} after ${columns.score.length} experiments`,
  };
}

/** Costs only grow; one that is not known stands where the one before it stood. */
function carried(values: Figure[]): number[] {
  let last = 0;
  return values.map((value) => (last = Math.max(last, value ?? last)));
}

export function noiseOf(doc: TrialDoc): Noise | null {
  const anchors = doc.graded?.measurement.anchors ?? doc.row.anchors;
  if (!doc.noise || !anchors) return null;
  const scale = Math.abs(Math.log(anchors.baseline / anchors.reference));
  return scale > 0 ? { floor: doc.noise.floor, inScore: Math.log1p(doc.noise.floor) / scale } : null;
}

/** A later part of a trial on the part that is known; every list is copied so that what is drawn is seen to be new. */
export function joined(before: TrialDoc, part: TrialDoc): TrialDoc {
  if (part.since === 0) return part;
  if (part.since !== before.columns.score.length) {
    if (part.since > before.columns.score.length) return before;
  }
  const columns = {} as Record<string, unknown[]>;
  for (const name of new Set([...Object.keys(before.columns), ...Object.keys(part.columns)])) {
    const old = (before.columns as unknown as Record<string, unknown[]>)[name] ?? new Array(before.columns.score.length).fill(null);
    const added = (part.columns as unknown as Record<string, unknown[]>)[name] ?? new Array(part.columns.score.length).fill(null);
    columns[name] = [...old.slice(0, part.since), ...added];
  }
  return { ...part, since: 0, columns: columns as unknown as Columns };
}
