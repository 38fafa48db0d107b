/** Two to six trials side by side: their curves on one axis, their figures in one table. */

import { useEffect, useMemo, useState } from "preact/hooks";
import { Overlay, type Track } from "../parts/overlay";
import { Crumbs, Empty, Loading, Problem, Segments, TrialLink } from "../parts/small";
import { seriesOf } from "../parts/series";
import { OVER, type Over } from "../parts/chart";
import { load, useDoc } from "../data";
import { figure, money, plural, score, seconds, words } from "../format";
import { here, link, replaceQuery } from "../router";
import type { Figure, IndexDoc, Row, RunDoc, TrialDoc } from "../types";
import { type Board, boardKey } from "./leaderboard";
import { Paired } from "../parts/paired";

const MOST = 6;

export function ComparePage() {
  const agents = here().query.getAll("a");
  return agents.length ? <Agents first={agents} /> : <Trials />;
}

interface AgentCurve { agent: string; attempts: number; reward: Figure; worst: Figure; best: Figure; first: Figure; gain: Figure; area: Figure; horizon: Figure; curve: number[]; same: { low: number; high: number } | null }
interface AgentsDoc { task: string; over: string; grid: number; marks: string[]; agents: AgentCurve[] }

const NAMES: Record<Over, string> = { elapsed: "wall_s", experiments: "experiments", tokens: "tokens", usd: "usd" };

/** Agents at one task: mean reward of their trials as the budget, the same for all, is used up. */
function Agents({ first }: { first: string[] }) {
  const board = useDoc<Board>(boardKey(new URLSearchParams()));
  const [chosen, setChosen] = useState(first.slice(0, MOST));
  const [asked, setTask] = useState(here().query.get("task"));
  const [over, setOver] = useState<Over>((here().query.get("over") as Over) ?? "elapsed");
  const shared = (board.doc?.tasks ?? []).map((task) => ({ task, count: board.doc!.cells.filter((cell) => cell.task === task && chosen.includes(cell.agent)).length }));
  const task = asked ?? [...shared].sort((a, b) => b.count - a.count)[0]?.task ?? null;
  const found = useDoc<AgentsDoc>(task ? ["agents", task, NAMES[over]] : null);
  useEffect(() => {
    history.replaceState(null, "", `#/compare?${new URLSearchParams(chosen.map((agent) => ["a", agent]))}`);
    replaceQuery({ task: asked, over: over === "elapsed" ? null : over });
  }, [chosen, asked, over]);
  const rows = chosen.map((agent) => found.doc?.agents.find((row) => row.agent === agent)).filter((row): row is AgentCurve => !!row);
  const tracks: Track[] = useMemo(() => rows.filter((row) => row.curve.length).map((row) => ({
    key: row.agent, name: row.agent, place: chosen.indexOf(row.agent),
    x: [0, ...row.curve.map((_, i) => (row.horizon! * (i + 1)) / row.curve.length)], best: [0, ...row.curve],
  })), [found.doc, chosen]);
  return (
    <>
      <Crumbs path={[{ text: "Runs", to: link([]) }, { text: "Compare", to: link(["compare"]) }, { text: "Agents" }]} json={task ? ["agents", task, NAMES[over]] : undefined} />
      <div class="title"><h1>Compare agents</h1></div>
      {board.error ? <Problem text={board.error} /> : null}
      <div class="picker">
        <label>Task <select value={task ?? ""} onChange={(event) => setTask(event.currentTarget.value)}>{shared.map((each) => <option key={each.task} value={each.task}>{words(each.task)}</option>)}</select></label>
        <label>Agent <select value="" onChange={(event) => { const agent = event.currentTarget.value; if (agent) setChosen((before) => [...before, agent].slice(-MOST)); event.currentTarget.value = ""; }}>
          <option value="">add an agent…</option>{board.doc?.agents.filter((line) => !chosen.includes(line.agent)).map((line) => <option key={line.agent}>{line.agent}</option>)}
        </select></label>
      </div>
      {found.error ? <Problem text={found.error} /> : !found.doc ? <Loading what="the agents' curves" /> : (
        <>
          {found.doc.marks.length ? <p class="notice warn">These trials do not all compare: {found.doc.marks.join("; ")}</p> : null}
          <section class="card"><header><h2>Mean reward over</h2><Segments label="Horizontal axis" value={over} set={setOver} options={(Object.keys(OVER) as Over[]).map((value) => ({ value, text: OVER[value] }))} /></header>
            {tracks.length ? <Overlay tracks={tracks} over={over} /> : <Empty title="No curve over this is known."><p>None of these agents spent any of it, or it is not on record.</p></Empty>}
          </section>
          <section class="card"><header><h2>At {words(found.doc.task)}</h2></header><div class="scroll" tabIndex={0} role="region" aria-label="Agents at this task"><table class="plain">
            <thead><tr><th>agent</th><th class="right">attempts</th><th class="right">mean reward</th><th>95 %</th><th class="right">worst</th><th class="right">best score</th><th class="right">first attempt</th><th class="right">round 10 − 1</th><th class="right">anytime area</th><th><span class="hidden">remove</span></th></tr></thead>
            <tbody>{rows.map((row) => <tr key={row.agent}><td><i class={`key c${chosen.indexOf(row.agent)}`} aria-hidden="true" />{row.agent}</td><td class="right">{row.attempts}</td><td class="right"><b>{score(row.reward)}</b></td><td>{row.same ? `${score(row.same.low)} to ${score(row.same.high)}` : "cannot tell"}</td><td class="right">{score(row.worst)}</td><td class="right">{score(row.best)}</td><td class="right">{score(row.first)}</td><td class="right">{score(row.gain)}</td><td class="right">{score(row.area)}</td><td><button type="button" class="inline" aria-label={`Remove ${row.agent}`} onClick={() => setChosen(chosen.filter((each) => each !== row.agent))}>×</button></td></tr>)}</tbody>
          </table></div></section>
          <Paired docs={[]} agents={chosen} />
        </>
      )}
    </>
  );
}

function Trials() {
  const [names, setNames] = useState<string[]>(() => here().query.getAll("t").slice(0, MOST));
  const [over, setOver] = useState<Over>((here().query.get("over") as Over) ?? "elapsed");
  const [docs, setDocs] = useState<Record<string, TrialDoc | Error>>({});
  useEffect(() => {
    let current = true;
    for (const name of names) {
      if (docs[name]) continue;
      load<TrialDoc>(["trial", ...cut(name)]).then(
        (doc) => current && setDocs((before) => ({ ...before, [name]: doc })), (error: Error) => current && setDocs((before) => ({ ...before, [name]: error })));
    }
    return () => { current = false; };
  }, [names.join("|")]);
  useEffect(() => {
    const query = new URLSearchParams(names.map((name) => ["t", name]));
    history.replaceState(null, "", `#/compare?${query}`);
    replaceQuery({ over: over === "elapsed" ? null : over });
  }, [names, over]);
  const ready = names.map((name) => [name, docs[name]] as const).filter((each): each is readonly [string, TrialDoc] => !!each[1] && !(each[1] instanceof Error));
  const failed = names.map((name) => docs[name]).find((each): each is Error => each instanceof Error);
  const tracks: Track[] = useMemo(() => ready.map(([name, doc], i) => {
    const series = seriesOf(doc);
    return { name: label(doc.row, ready.map(([, each]) => each.row)), x: series.x[over], best: series.best, place: i, key: name };
  }), [ready.map(([name]) => name).join("|"), over]);
  const tasks = new Set(ready.map(([, doc]) => doc.row.task));
  const prints = new Set(ready.map(([, doc]) => `${doc.row.fingerprint} ${doc.row.task}`));
  const digests = new Set(ready.map(([, doc]) => doc.row.task_digest));
  return (
    <>
      <Crumbs path={[{ text: "Runs", to: link([]) }, { text: "Compare" }]} />
      <div class="title"><h1>Compare</h1></div>
      <Picker names={names} add={(name) => setNames((before) => (before.includes(name) ? before : [...before, name].slice(-MOST)))} />
      {failed ? <Problem text={failed.message} /> : null}
      {names.length === 0 ? <Empty title="Nothing is chosen yet."><p>Choose two to six trials above, or tick them in a run's table.</p></Empty> : null}
      {names.length && ready.length < names.length && !failed ? <Loading what="the trials" /> : null}
      {tasks.size > 1 ? <p class="notice warn">These trials are of different tasks. Scores are on each task's own scale: 0 its baseline, 1 its reference.</p> : null}
      {tasks.size === 1 && digests.size > 1 ? <p class="notice warn">These trials are of different states of the task (its digest differs): their scores do not compare.</p> : null}
      {tasks.size === 1 && prints.size > 1 ? <p class="notice warn">These trials were counted by different toolchains: raw metrics do not compare, scores are each on their own machine's anchors.</p> : null}
      {ready.length ? (
        <>
          <section class="card"><header><h2>Best score over</h2><Segments label="Horizontal axis" value={over} set={setOver} options={(Object.keys(OVER) as Over[]).map((value) => ({ value, text: OVER[value], off: (value === "tokens" || value === "usd") && !ready.some(([, doc]) => doc.row.calls) && "None of them calls a model" }))} /></header>
            <Overlay tracks={tracks} over={over} />
          </section>
          <section class="card"><header><h2>Side by side</h2></header>
            <div class="scroll" tabIndex={0} role="region" aria-label="Figures side by side"><table class="plain sides">
              <thead><tr><th><span class="hidden">figure</span></th>{ready.map(([name, doc], i) => <th key={name}><i class={`key c${i}`} aria-hidden="true" /><TrialLink run={doc.row.run} trial={doc.row.trial}>{tracks[i]?.name}</TrialLink><button type="button" class="inline" aria-label={`Remove ${name}`} onClick={() => setNames(names.filter((each) => each !== name))}>×</button></th>)}</tr></thead>
              <tbody>{FIGURES.map(([name, of]) => <tr key={name}><th scope="row">{name}</th>{ready.map(([key, doc]) => <td key={key}>{of(doc)}</td>)}</tr>)}</tbody>
            </table></div>
          </section>
          <Paired docs={ready.map(([, doc]) => doc)} />
        </>
      ) : null}
    </>
  );
}

const FIGURES: [string, (doc: TrialDoc) => string][] = [
  ["final score", (doc) => score(doc.row.score)],
  ["best in development", (doc) => score(doc.row.best_development_score)],
  ["metric", (doc) => `${figure(doc.row.metric)} ${doc.row.unit ?? ""}`],
  ["experiments", (doc) => figure(doc.row.experiments)],
  ["new bests", (doc) => figure(seriesOf(doc).bests.length)],
  ["without a score", (doc) => figure(seriesOf(doc).failed)],
  ["time to its best", (doc) => (doc.best ? seconds(doc.columns.elapsed[doc.best - 1]) : "–")],
  ["time used", (doc) => seconds(doc.row.seconds)],
  ["tokens", (doc) => (doc.row.calls ? figure(doc.row.spent?.tokens) : "–")],
  ["cost", (doc) => (doc.row.calls ? money(doc.row.spent?.usd) : "–")],
  ["state", (doc) => words(doc.row.state)],
  ["task", (doc) => words(doc.row.task)],
  ["machine", (doc) => doc.row.machine ?? "–"],
];

function cut(name: string): [string, string] {
  const at = name.indexOf("/");
  return [name.slice(0, at), name.slice(at + 1)];
}

/** The shortest name that tells the trials apart. */
function label(row: Row, all: Row[]): string {
  const parts = [row.agent];
  if (new Set(all.map((each) => each.task)).size > 1) parts.unshift(words(row.task));
  if (all.some((each) => each !== row && each.agent === row.agent && each.task === row.task)) parts.push(`try ${row.attempt}`);
  if (new Set(all.map((each) => each.run)).size > 1) parts.push(`(${row.run})`);
  return parts.join(" ");
}

function Picker({ names, add }: { names: string[]; add: (name: string) => void }) {
  const index = useDoc<IndexDoc>(["index"]);
  const [run, setRun] = useState("");
  const chosen = run || (names[0] ? cut(names[0])[0] : index.doc?.runs[0]?.run ?? "");
  const trials = useDoc<RunDoc>(chosen ? ["run", chosen] : null);
  if (names.length >= MOST) return <p class="muted">{plural(MOST, "trial")} at most; remove one to add another.</p>;
  return (
    <div class="picker">
      <label>Run <select value={chosen} onChange={(event) => setRun(event.currentTarget.value)}>{index.doc?.runs.map((each) => <option key={each.run}>{each.run}</option>)}</select></label>
      <label>Trial <select value="" onChange={(event) => { if (event.currentTarget.value) add(event.currentTarget.value); event.currentTarget.value = ""; }}>
        <option value="">add a trial…</option>
        {trials.doc?.trials.map((row) => <option key={row.trial} value={`${chosen}/${row.trial}`} disabled={names.includes(`${chosen}/${row.trial}`)}>{row.trial} {row.score != null ? `· ${score(row.score)}` : ""}</option>)}
      </select></label>
    </div>
  );
}
