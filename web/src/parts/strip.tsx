/** All results of a task as points on its scale, one line an agent. */

import { score } from "../format";
import { link } from "../router";
import type { Row } from "../types";

export function Strip({ rows }: { rows: Row[] }) {
  const agents = [...new Set(rows.map((row) => row.agent))];
  const scores = rows.map((row) => row.score!);
  const low = Math.min(0, ...scores), high = Math.max(1, ...scores);
  const at = (value: number) => 1.5 + ((value - low) / (high - low)) * 97;
  return (
    <div class="strip pad">
      {agents.map((agent) => {
        const own = rows.filter((row) => row.agent === agent);
        return (
          <div class="lane" key={agent}>
            <span class="name">{agent} <small class="muted">{own.length}</small></span>
            <div class="scale">
              <i class="anchor" style={{ left: `${at(0)}%` }} /><i class="anchor" style={{ left: `${at(1)}%` }} />
              {own.slice(0, 400).map((row) => (
                <a key={`${row.run}/${row.trial}`} class={`dot${row.flags?.length ? " flagged" : ""}`} style={{ left: `${at(row.score!)}%` }} href={link(["trial", row.run, row.trial])} aria-label={`${row.agent}, try ${row.attempt}: ${score(row.score)}`} title={`${row.run}: ${score(row.score)}`} />
              ))}
            </div>
          </div>
        );
      })}
      <div class="lane ends" aria-hidden="true"><span class="name" /><div class="scale"><span style={{ left: `${at(0)}%` }}>baseline 0</span><span class="right" style={{ left: `${at(1)}%` }}>reference 1</span></div></div>
    </div>
  );
}
