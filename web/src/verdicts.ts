/** How each verdict is drawn: a colour and a shape of its own, so that no one has to tell colours apart. */

import type { Verdict } from "./types";

export type Kind = Verdict | "best" | "vetoed";

export const KINDS: Kind[] = [
  "best", "ok", "wrong_output", "build_failed", "timed_out", "over_limit", "invalid", "quarantined", "lab_error", "vetoed",
];

/** Path of a shape of radius r around 0,0, as SVG has it; stroked kinds have no area. */
export const SHAPES: Record<Kind, { stroked: boolean; path: (r: number) => string }> = {
  best: { stroked: false, path: (r) => `M0 ${-r * 1.35}L${r * 1.35} 0L0 ${r * 1.35}L${-r * 1.35} 0Z` },
  ok: { stroked: false, path: (r) => `M${-r * 0.9} 0a${r * 0.9} ${r * 0.9} 0 1 0 ${r * 1.8} 0a${r * 0.9} ${r * 0.9} 0 1 0 ${-r * 1.8} 0Z` },
  wrong_output: { stroked: true, path: (r) => `M${-r} ${-r}L${r} ${r}M${-r} ${r}L${r} ${-r}` },
  build_failed: { stroked: true, path: (r) => `M${-r} ${-r}H${r}V${r}H${-r}Z` },
  timed_out: { stroked: false, path: (r) => `M0 ${-r * 1.2}L${r * 1.2} ${r}L${-r * 1.2} ${r}Z` },
  over_limit: { stroked: false, path: (r) => `M0 ${r * 1.2}L${r * 1.2} ${-r}L${-r * 1.2} ${-r}Z` },
  invalid: { stroked: true, path: (r) => `M${-r} 0H${r}M0 ${-r}V${r}` },
  quarantined: { stroked: true, path: (r) => `M${-r * 1.2} 0L0 ${-r * 1.2}L${r * 1.2} 0L0 ${r * 1.2}Z` },
  lab_error: { stroked: true, path: (r) => `M${-r} ${r * 0.6}H${r}M${-r} ${-r * 0.6}H${r}` },
  vetoed: { stroked: true, path: (r) => `M${-r} 0a${r} ${r} 0 1 0 ${r * 2} 0a${r} ${r} 0 1 0 ${-r * 2} 0M${-r} ${r}L${r} ${-r}` },
};

export function kindOf(verdict: Verdict, best: boolean, vetoed: boolean): Kind {
  return vetoed ? "vetoed" : best ? "best" : verdict;
}

export const MEANING: Record<Kind, string> = {
  best: "a new best when it was measured",
  ok: "right outputs within its limits",
  wrong_output: "the checker refused an output",
  build_failed: "does not build",
  timed_out: "needed longer than a step may take",
  over_limit: "used too much memory, output, processes or disk",
  invalid: "broke a rule, or has no finite metric",
  quarantined: "beyond the physical floor; a person decides",
  lab_error: "not judged; the fault is the lab's",
  vetoed: "a person said that it does not count",
};
