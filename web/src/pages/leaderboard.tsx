/** Agents x tasks: cells, intervals, groups, cost; every figure comes from analysis, see docs/metrics.md. */

import { useMemo, useState } from "preact/hooks";
import { Pareto } from "../parts/pareto";
import { Crumbs, Empty, Loading, Problem, Segments, TrialLink } from "../parts/small";
import { useDoc } from "../data";
import { DASH, figure, money, score, seconds, words } from "../format";
import { here, link, replaceQuery } from "../router";
import type { Figure } from "../types";

export interface Interval { low: number; high: number }
export interface Told { value: Figure; same: Interval | null; new: Interval | null }

export interface AgentLine {
  agent: string; model: string | null; place: number | null; tasks: number; attempts: number; graded: number; flagged: number;
  missing: string[]; trials: Record<string, number>; iqm: Told; mean: Told; iqm_flagged_zero: Figure;
  wall_s: Figure; usd: Figure; tokens: Figure; unpriced: number; calls: number;
}

export interface Cell { agent: string; task: string; mean: Figure; low: Figure; high: Figure; graded: number; trials: number; flagged: number; run: string; trial: string }

export interface Pair {
  a: string; b: string; by_task: Record<string, number>; difference: number; same: Interval | null; new: Interval | null;
  p: number; improvement: number; words: string; attempts: number; detectable: Figure;
}

export interface Board {
  filters: Record<string, string>; choices: Record<string, { key: string; text: string }[]>; marks: string[];
  tasks: string[]; agents: AgentLine[]; cells: Cell[];
}

const FILTERS = ["axis", "category", "budget", "machine", "feedback"];

export function boardKey(query: URLSearchParams): string[] {
  return ["leaderboard", ...FILTERS.map((name) => query.get(name) ?? "all"), query.get("flagged") ?? "with"];
}

export function Leaderboard() {
  const [key, setKey] = useState(() => boardKey(here().query));
  const found = useDoc<Board>(key);
  const [cost, setCost] = useState<"usd" | "wall_s">("wall_s");
  const change = (name: string, value: string) => {
    replaceQuery({ [name]: value === "all" || value === "with" ? null : value });
    setKey(boardKey(here().query));
  };
  const doc = found.doc;
  return (
    <>
      <Crumbs path={[{ text: "Runs", to: link([]) }, { text: "Leaderboard" }]} json={key} />
      <div class="title"><h1>Leaderboard</h1></div>
      {found.error ? <Problem text={`${found.error} On a published site some combinations of filters are left out.`} /> : null}
      {doc || found.error ? (
        <div class="filters" role="group" aria-label="Filters">
          {FILTERS.map((name) => (doc?.choices[name]?.length ?? 0) > 1 || key[FILTERS.indexOf(name) + 1] !== "all" ? (
            <label key={name} class="filter">{name}<select value={key[FILTERS.indexOf(name) + 1]} onChange={(event) => change(name, event.currentTarget.value)}>
              <option value="all">all</option>
              {doc?.choices[name].map((each) => <option key={each.key} value={each.key}>{each.text}</option>)}
            </select></label>
          ) : null)}
          <Segments label="Flagged trials" value={key[6] as "with" | "without"} set={(value) => change("flagged", value)} options={[{ value: "with", text: "flagged shown" }, { value: "without", text: "without flagged" }]} />
        </div>
      ) : null}
      {!doc ? (found.error ? null : <Loading what="the leaderboard" />) : doc.agents.length === 0 ? <Empty title="No trial matches."><p>Change a filter, or run an agent: <code>autolab run TASK -a climb</code></p></Empty> : (
        <>
          {doc.marks.length ? <div class="notice warn"><strong>These trials do not all compare.</strong><ul>{doc.marks.map((mark) => <li key={mark}>{mark}</li>)}</ul></div> : null}
          <Agents doc={doc} />
          <Heat doc={doc} />
          <section class="card"><header><h2>Score against cost</h2><Segments label="Cost" value={cost} set={setCost} options={[
            { value: "wall_s", text: "time a trial" }, { value: "usd", text: "money a trial", off: !doc.agents.some((each) => each.usd) && "No agent here has a price" }]} /></header>
            <Pareto agents={doc.agents} cost={cost} />
          </section>
          <PairsOf filters={key} />
          <p class="muted keys">Reward is the score cut to 0…1 on hidden inputs. IQM: mean of the middle half of all attempts. The inner bar is the 95 % interval for these tasks, the outer line for new tasks of their kind; without several attempts, or with fewer than five tasks, the data cannot give one. Agents in the same group are not told apart, paired by task, corrected over all pairs (Holm).</p>
        </>
      )}
    </>
  );
}

function Agents({ doc }: { doc: Board }) {
  return (
    <section class="card"><header><h2>Agents</h2></header>
      <div class="scroll" tabIndex={0} role="region" aria-label="Agents"><table class="plain">
        <thead><tr><th>group</th><th>agent</th><th class="right">IQM</th><th>interval</th><th class="right">mean</th><th class="right">tasks</th><th class="right">graded</th><th class="right">flagged</th><th class="right">if marks hold</th><th class="right">time a trial</th><th class="right">money a trial</th></tr></thead>
        <tbody>{doc.agents.map((each) => (
          <tr key={each.agent}>
            <td class="group">{each.place ?? DASH}</td>
            <td><a href={link(["compare"], { a: each.agent })}>{each.agent}</a>{each.model ? <small class="under">{each.model}</small> : null}</td>
            <td class="right"><b>{score(each.iqm.value)}</b></td>
            <td><Span told={each.iqm} /></td>
            <td class="right">{score(each.mean.value)}</td>
            <td class="right">{each.tasks}{each.missing.length ? <small class="under" title={each.missing.join(", ")}>{each.missing.length} missing</small> : null}</td>
            <td class="right">{each.graded}{each.trials.void ? <small class="under">{each.trials.void} void</small> : null}{each.trials.unfinished ? <small class="under">{each.trials.unfinished} open</small> : null}</td>
            <td class="right">{each.flagged}</td><td class="right">{score(each.iqm_flagged_zero)}</td>
            <td class="right">{seconds(each.wall_s)}</td>
            <td class="right">{each.calls ? money(each.usd) : DASH}</td>
          </tr>
        ))}</tbody>
      </table></div>
    </section>
  );
}

export function Span({ told }: { told: Told }) {
  if (told.value === null) return <span class="muted">–</span>;
  const x = (value: number) => 2 + value * 96;
  const text = [told.same ? `these tasks ${told.same.low.toFixed(2)} to ${told.same.high.toFixed(2)}` : "these tasks: the data cannot tell", told.new ? `new tasks ${told.new.low.toFixed(2)} to ${told.new.high.toFixed(2)}` : "new tasks: the data cannot tell"].join(", ");
  return (
    <svg class="interval" viewBox="0 0 100 22" preserveAspectRatio="none" role="img" aria-label={text}><title>{text}</title>
      <path class="rail" d="M2 11H98" />
      {told.new ? <path class="new" d={`M${x(told.new.low)} 11H${x(told.new.high)}`} /> : null}
      {told.same ? <path class="same" d={`M${x(told.same.low)} 11H${x(told.same.high)}`} /> : null}
      <path class="at" d={`M${x(Math.min(1, told.value))} 3V19`} />
    </svg>
  );
}

function Heat({ doc }: { doc: Board }) {
  const at = useMemo(() => new Map(doc.cells.map((cell) => [`${cell.agent}\n${cell.task}`, cell])), [doc]);
  return (
    <section class="card"><header><h2>Mean reward by task</h2><small class="muted">each cell leads to its best trial</small></header>
      <div class="scroll pad" tabIndex={0} role="region" aria-label="Agents by tasks"><table class="heat">
        <thead><tr><th><span class="hidden">agent</span></th>{doc.tasks.map((task) => <th key={task}><a href={link(["task", task])}>{words(task)}</a></th>)}</tr></thead>
        <tbody>{doc.agents.map((line) => (
          <tr key={line.agent}><th scope="row">{line.agent}</th>{doc.tasks.map((task) => {
            const cell = at.get(`${line.agent}\n${task}`);
            if (!cell) return <td key={task} class="none" title="no trial">–</td>;
            const part = Math.round((cell.mean ?? 0) * 10) * 10;
            return <td key={task} class={cell.mean === null ? "none" : `h${part}`} title={`${cell.graded} graded of ${cell.trials}; ${figure(cell.low)} to ${figure(cell.high)}`}><TrialLink run={cell.run} trial={cell.trial}>{cell.mean === null ? "–" : cell.mean.toFixed(2)}{cell.flagged ? <small> {cell.flagged} flagged</small> : cell.graded > 1 ? <small> n={cell.graded}</small> : null}</TrialLink></td>;
          })}</tr>
        ))}</tbody>
      </table></div>
    </section>
  );
}

function PairsOf({ filters }: { filters: string[] }) {
  const found = useDoc<PairsDoc>(["pairs", ...filters.slice(1)]);
  if (found.error) return null;
  return found.doc ? <Pairs pairs={found.doc.pairs} /> : <Loading what="pairs of agents; many trials take a minute" />;
}

export interface PairsDoc { marks: string[]; pairs: Pair[] }

export function Pairs({ pairs }: { pairs: Pair[] }) {
  if (!pairs.length) return null;
  return (
    <section class="card"><header><h2>Pairs of agents</h2><small class="muted">on the tasks that both have; p corrected over all pairs</small></header>
      <div class="scroll" tabIndex={0} role="region" aria-label="Pairs of agents"><table class="plain">
        <thead><tr><th>agents</th><th class="right">difference</th><th>95 % these tasks</th><th>95 % new tasks</th><th class="right">wins</th><th class="right">tasks</th><th>in words</th></tr></thead>
        <tbody>{pairs.map((pair) => (
          <tr key={`${pair.a}\n${pair.b}`}><td>{pair.a} − {pair.b}</td><td class="right"><b>{pair.difference > 0 ? "+" : ""}{score(pair.difference)}</b></td><td>{range(pair.same)}</td><td>{range(pair.new)}</td>
            <td class="right">{Math.round(pair.improvement * 100)} %</td><td class="right">{Object.keys(pair.by_task).length}</td><td>{pair.words}</td></tr>
        ))}</tbody>
      </table></div>
    </section>
  );
}

function range(found: Interval | null): string {
  return found ? `${score(found.low)} to ${score(found.high)}` : "cannot tell";
}
