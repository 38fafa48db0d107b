/** Where the time of a trial went. */

import { percent, seconds } from "../format";
import type { TrialDoc } from "../types";

export interface Use { name: string; seconds: number; help: string }

/** From the columns alone: what lay between experiments, and what the measures took. */
export function uses(doc: TrialDoc): Use[] {
  if (doc.analysis?.time?.length) return doc.analysis.time.map((each) => ({ ...each, help: "" }));
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  const measuring = sum(doc.columns.seconds), before = sum(doc.columns.before);
  const rest = Math.max(0, (doc.row.seconds ?? 0) - measuring - before);
  return [
    { name: "thinking and editing", seconds: before, help: "between one experiment's end and the next one's begin" },
    { name: "measuring", seconds: measuring, help: "build, run, count, check and time" },
    { name: "after the last experiment", seconds: rest, help: "until the bench was closed, or now" },
  ];
}

export function TimeUse({ doc }: { doc: TrialDoc }) {
  const found = uses(doc).filter((each) => each.seconds > 0);
  const total = found.reduce((sum, each) => sum + each.seconds, 0);
  if (!total) return <p class="muted">No time was used yet.</p>;
  let left = 0;
  return (
    <div class="timeuse">
      <svg viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label={found.map((each) => `${each.name} ${percent(each.seconds / total)}`).join(", ")}>
        {found.map((each, i) => {
          const x = left;
          left += (each.seconds / total) * 100;
          return <rect key={each.name} class={`use u${i}`} x={x} width={(each.seconds / total) * 100} height="8" />;
        })}
      </svg>
      <ul>{found.map((each, i) => <li key={each.name}><i class={`use u${i}`} aria-hidden="true" /><strong>{each.name}</strong> {seconds(each.seconds)} <span class="muted">{percent(each.seconds / total)}{each.help ? ` · ${each.help}` : ""}</span></li>)}</ul>
    </div>
  );
}
