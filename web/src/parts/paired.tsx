/** What analysis says of the agents of these trials, paired by task, over all trials that are here. */

import { Pairs, type PairsDoc } from "../pages/leaderboard";
import { useDoc } from "../data";
import type { TrialDoc } from "../types";

export function Paired({ docs, agents }: { docs: TrialDoc[]; agents?: string[] }) {
  const wanted = new Set(agents ?? docs.map((doc) => doc.row.agent));
  const found = useDoc<PairsDoc>(wanted.size > 1 ? ["pairs", "all", "all", "all", "all", "all", "with"] : null);
  const pairs = (found.doc?.pairs ?? []).filter((pair) => wanted.has(pair.a) && wanted.has(pair.b));
  if (wanted.size < 2 || !pairs.length) return null;
  return (
    <>
      {found.doc?.marks.length ? <p class="notice warn">Not all trials behind this comparison compare: {found.doc.marks.join("; ")}</p> : null}
      <Pairs pairs={pairs} />
    </>
  );
}
