/** Where the time of a trial went, and which part of it sets the pace. */

import { figure, percent, seconds } from "../format";
import type { AnalysisDoc } from "../types";

const MEANING: Record<string, string> = {
  model: "waiting for a model's answer", waiting: "failed calls and pauses before an answer", edit: "thinking, editing, commands in the bench",
  build: "building what was measured", run: "drawing cases, running, checking outputs", instrument: "counting and timing",
  queue: "waiting for a free core", idle: "nothing that the ledger can tell",
};

export function TimeUse({ analysis }: { analysis: AnalysisDoc }) {
  const { time } = analysis;
  const found = Object.entries(time.seconds).filter(([, spent]) => spent > 0).sort((a, b) => b[1] - a[1]);
  if (!found.length) return <p class="muted">No time was used yet.</p>;
  let left = 0;
  return (
    <div class="timeuse">
      <svg viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label={found.map(([name, spent]) => `${name} ${percent(spent / time.elapsed)}`).join(", ")}>
        {found.map(([name, spent], i) => {
          const x = left;
          left += (spent / time.elapsed) * 100;
          return <rect key={name} class={`use u${i}`} x={x} width={(spent / time.elapsed) * 100} height="8" />;
        })}
      </svg>
      <ul>{found.map(([name, spent], i) => {
        const more = time.more[name];
        return <li key={name}><i class={`use u${i}`} aria-hidden="true" /><strong>{name}</strong> {seconds(spent)} <span class="muted">{percent(spent / time.elapsed)} · {MEANING[name] ?? ""}{name !== "idle" && more != null && more >= 0.5 ? ` · twice as fast: ${figure(Math.round(more))} experiments more` : ""}</span></li>;
      })}</ul>
      {time.bottleneck ? <p>The constraint of this trial is <strong>{time.bottleneck}</strong>{time.shifts.length > 1 ? `; over its course: ${time.shifts.slice(0, 12).map((each) => `${each.part ?? "none"} from #${each.experiment}`).join(", ")}${time.shifts.length > 12 ? "…" : ""}` : ""}.</p> : null}
    </div>
  );
}
