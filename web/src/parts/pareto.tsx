/** Score against cost, an agent a point; the front are those that no other beats in both. */

import { money, score, seconds } from "../format";
import type { AgentLine } from "../pages/leaderboard";

const WIDTH = 960, HEIGHT = 280, LEFT = 46, BOTTOM = 34, TOP = 14, RIGHT = 40;

export function Pareto({ agents, cost }: { agents: AgentLine[]; cost: "usd" | "wall_s" }) {
  const points = agents.filter((each) => each.iqm.value !== null && each[cost] !== null).map((each) => ({ agent: each.agent, y: each.iqm.value!, x: Math.max(each[cost]!, cost === "usd" ? 1e-5 : 1e-2) })).sort((a, b) => a.x - b.x || b.y - a.y);
  if (points.length === 0) return <p class="muted pad">No agent has both a score and this cost.</p>;
  const low = Math.log10(points[0].x), high = Math.log10(points[points.length - 1].x);
  const from = Math.floor(low - 0.01), to = Math.max(from + 1, Math.ceil(high + 0.01));
  const px = (value: number) => LEFT + ((Math.log10(value) - from) / (to - from)) * (WIDTH - LEFT - RIGHT);
  const py = (value: number) => HEIGHT - BOTTOM - Math.min(1, Math.max(0, value)) * (HEIGHT - BOTTOM - TOP);
  const front: typeof points = [];
  for (const point of points) if (!front.length || point.y > front[front.length - 1].y) front.push(point);
  const text = (value: number) => (cost === "usd" ? money(value) : seconds(value).replace(".0 s", " s").replace(/ min 00$/, " min"));
  const ticks = Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
  return (
    <div class="scroll pad" tabIndex={0} role="region" aria-label="Score against cost">
      <svg class="pareto" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={points.map((point) => `${point.agent}: ${score(point.y)} for ${text(point.x)}`).join("; ")}>
        {[0, 0.5, 1].map((value) => <g key={value}><path class="grid" d={`M${LEFT} ${py(value)}H${WIDTH - RIGHT}`} /><text x={LEFT - 8} y={py(value) + 4} text-anchor="end">{value}</text></g>)}
        {ticks.map((value) => <text key={value} x={px(value)} y={HEIGHT - 12} text-anchor="middle">{text(value)}</text>)}
        <path class="front" d={front.map((point, i) => (i ? `H${px(point.x)}V${py(point.y)}` : `M${px(point.x)} ${py(point.y)}`)).join("")} />
        {points.map((point) => {
          const on = front.includes(point), end = px(point.x) > WIDTH * 0.75;
          return <g key={point.agent}><circle class={on ? "on" : ""} cx={px(point.x)} cy={py(point.y)} r="5.5" /><text class="name" x={px(point.x) + (end ? -10 : 10)} y={py(point.y) + (point.y > 0.93 ? 14 : -6)} text-anchor={end ? "end" : "start"}>{point.agent}</text></g>;
        })}
      </svg>
    </div>
  );
}
