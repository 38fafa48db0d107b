/** One run: a row for each trial, live. */

import { useEffect, useMemo, useState } from "preact/hooks";
import { Ask, Crumbs, Empty, Loading, Meter, Problem, Spark, Stat, TrialLink } from "../parts/small";
import { act, follow, live, useDoc } from "../data";
import { DASH, figure, money, plural, score, seconds, tokens, words } from "../format";
import { link } from "../router";
import type { Row, RunDoc } from "../types";

const SHOWN = 200;

type Order = "trial" | "score" | "experiments" | "seconds" | "usd" | "begun";

export function RunPage({ run }: { run: string }) {
  const found = useDoc<RunDoc>(["run", run]);
  const [doc, setDoc] = useState<RunDoc | null>(null);
  const [search, setSearch] = useState("");
  const [order, setOrder] = useState<Order>("trial");
  const [most, setMost] = useState(SHOWN);
  const [chosen, setChosen] = useState<string[]>([]);
  const [asking, setAsking] = useState<{ act: "stop" | "note"; trial: string | null } | null>(null);
  const [told, setTold] = useState<string | null>(null);
  const now = useNow(!!doc?.trials.some((row) => row.working));
  useEffect(() => setDoc((before) => before ?? found.doc), [found.doc]);
  useEffect(() => follow<RunDoc>(() => `run=${encodeURIComponent(run)}`, (news) => setDoc((before) => {
    const rows = new Map((before ?? news).trials.map((row) => [row.trial, row]));
    for (const row of news.trials) rows.set(row.trial, row);
    return { ...news, trials: [...rows.values()].sort((a, b) => (a.trial < b.trial ? -1 : 1)) };
  })), [run]);
  const rows = useMemo(() => sorted((doc?.trials ?? []).filter((row) => matches(row, search)), order), [doc, search, order]);
  if (!doc) return found.error ? <Problem text={found.error} /> : <Loading what={`run ${run}`} />;
  const over = doc.trials.filter((row) => row.over).length, all = Math.max(doc.planned.trials ?? 0, doc.trials.length);
  const priced = doc.trials.filter((row) => row.calls);
  const unpriced = priced.some((row) => row.spent?.usd == null);
  const reading = doc.trials.filter((row) => row.partial).length;
  const toggle = (name: string) => setChosen((before) => (before.includes(name) ? before.filter((each) => each !== name) : [...before, name].slice(-6)));
  return (
    <>
      <Crumbs path={[{ text: "Runs", to: link([]) }, { text: run }]} json={["run", run]} />
      <div class="title">
        <h1>{run}{doc.holder ? <span class="live">live</span> : null}</h1>
        <span class="space" />
        {chosen.length > 1 ? <a class="button main" href={`#/compare?${chosen.map((name) => `t=${encodeURIComponent(`${run}/${name}`)}`).join("&")}`}>Compare {chosen.length}</a> : null}
        {live && over < all && doc.trials.length ? <button type="button" onClick={() => setAsking({ act: "stop", trial: null })}>Stop run…</button> : null}
      </div>
      <dl class="stats card">
        <Stat name="trials done" value={`${over} of ${all}`} note={<Meter part={all ? over / all : 0} label={`${over} of ${all} trials done`} />} />
        <Stat name="mean score of graded" value={score(mean(doc.trials.map((row) => row.score)))} />
        <Stat name="experiments" value={figure(doc.trials.reduce((sum, row) => sum + (row.experiments ?? 0), 0))} />
        <Stat name="cost" value={priced.length ? `${unpriced ? "≥ " : ""}${money(priced.reduce((sum, row) => sum + (row.spent?.usd ?? 0), 0))}` : DASH} note={priced.length ? (unpriced ? "some calls have no price" : null) : "no model was called"} />
        {doc.holder ? <Stat name="done in about" value={seconds(remaining(doc, now))} note="if every budget is used up" /> : null}
      </dl>
      {told ? <p class="notice told" role="status">{told}</p> : null}
      {doc.trials.length === 0 ? <Empty title="No trial has begun yet."><p>{all ? `${plural(all, "trial")} planned.` : "Its lab will write the first ledger soon."}</p></Empty> : (
        <section class="card">
          <header>
            <h2>Trials</h2>
            <input type="search" id="search" placeholder="Task, agent or state  /" aria-label="Search trials" value={search} onInput={(event) => { setSearch(event.currentTarget.value); setMost(SHOWN); }} />
            {reading ? <small class="muted" role="status">reading {plural(reading, "ledger")}…</small> : null}
          </header>
          <div class="scroll" tabIndex={0} role="region" aria-label="Trials">
            <table class="plain trials">
              <thead><tr>
                <th><span class="hidden">Compare</span></th><Head name="trial" text="trial" order={order} set={setOrder} /><th>state</th><Head name="score" text="score" order={order} set={setOrder} right />
                <th>best so far</th><Head name="experiments" text="exp." order={order} set={setOrder} right /><Head name="seconds" text="budget used" order={order} set={setOrder} /><th class="right">left</th>
                <Head name="usd" text="cost" order={order} set={setOrder} right />{live ? <th><span class="hidden">Acts</span></th> : null}
              </tr></thead>
              <tbody>{rows.slice(0, most).map((row) => (
                <TrialRow key={row.trial} row={row} now={now} chosen={chosen.includes(row.trial)} toggle={() => toggle(row.trial)} ask={(what) => setAsking({ act: what, trial: row.trial })} />
              ))}</tbody>
            </table>
          </div>
          {rows.length > most ? <button type="button" onClick={() => setMost(most + 1000)}>Show {Math.min(1000, rows.length - most)} more of {rows.length}</button> : null}
          {rows.length === 0 ? <p class="muted pad">None of them matches.</p> : null}
        </section>
      )}
      {asking ? (
        <Ask title={asking.act === "note" ? `Note for ${asking.trial}` : asking.trial ? `Stop ${asking.trial}` : `Stop ${run}`} required={asking.act === "note"}
          help={asking.act === "note" ? "The agent sees it at its next status. It is written to the ledger." : "The bench closes at the agent's next call, and what was reached is graded."}
          label={asking.act === "note" ? "Note" : "Why (optional)"} button={asking.act === "note" ? "Leave note" : "Stop"}
          done={(text) => act(asking.act, { run, trial: asking.trial, text })} close={(words) => { setAsking(null); if (words) setTold(words); }} />
      ) : null}
    </>
  );
}

function Head({ name, text, order, set, right }: { name: Order; text: string; order: Order; set: (order: Order) => void; right?: boolean }) {
  return <th class={right ? "right" : ""} aria-sort={order === name ? (name === "trial" ? "ascending" : "descending") : undefined}><button type="button" class="sort" onClick={() => set(name)}>{text}{order === name ? <span aria-hidden="true">{name === "trial" ? " ↑" : " ↓"}</span> : null}</button></th>;
}

function TrialRow({ row, now, chosen, toggle, ask }: { row: Row; now: number; chosen: boolean; toggle: () => void; ask: (what: "stop" | "note") => void }) {
  const value = row.over ? row.score : row.best_development_score;
  const use = used(row, now);
  return (
    <tr class={chosen ? "chosen" : ""}>
      <td><input type="checkbox" checked={chosen} onChange={toggle} aria-label={`Compare ${row.trial}`} /></td>
      <td><TrialLink run={row.run} trial={row.trial}>{words(row.task)}</TrialLink><small class="under">{row.agent} · try {row.attempt ?? DASH}{row.feedback && row.feedback !== "true" ? ` · feedback ${row.feedback}` : ""}</small></td>
      <td><State row={row} /></td>
      <td class="right"><b>{score(value)}</b>{!row.over && value != null ? <small class="under">so far</small> : null}</td>
      <td><Spark values={row.spark} label={`best so far ${score(row.best_development_score)}`} /></td>
      <td class="right">{figure(row.experiments)}</td>
      <td><Meter part={use.part} label={`${Math.round(use.part * 100)} % of the budget used`} /><small class="under">{use.words}</small></td>
      <td class="right">{row.over ? DASH : use.left}</td>
      <td class="right">{row.calls ? <>{money(row.spent?.usd)}<small class="under">{tokens(row.spent?.tokens)} tok.</small></> : DASH}</td>
      {live ? <td class="acts">{row.over ? null : <><button type="button" class="small" onClick={() => ask("note")}>Note…</button><button type="button" class="small" onClick={() => ask("stop")} disabled={row.stop}>{row.stop ? "Stopping" : "Stop…"}</button></>}</td> : null}
    </tr>
  );
}

export function State({ row }: { row: Row }) {
  const kind = row.problem ? "bad" : row.working ? "now" : row.over ? (row.verdict && row.verdict !== "ok" ? "bad" : "done") : "open";
  const text = row.working && row.state === "unfinished" ? "working" : row.state;
  return <span class={`state s-${kind}`} title={row.problem ?? row.reason ?? undefined}>{words(text)}{row.flags?.length ? <span class="tag warn">flagged</span> : null}</span>;
}

/** Wall budget used by now: the ledger knows it as of its last line, and a working trial's clock goes on. */
export function elapsed(row: Row, now: number): number {
  const wall = row.seconds ?? 0;
  return row.working && row.updated ? wall + Math.max(0, (now - Date.parse(row.updated)) / 1000) : wall;
}

export function used(row: Row, now: number): { part: number; words: string; left: string } {
  const budget = row.budget ?? {};
  const wall = budget.wall_s, count = budget.experiments;
  const spent = elapsed(row, now);
  const parts = Object.entries(budget).filter(([, limit]) => limit).map(([name, limit]) => (name === "wall_s" ? spent : name === "experiments" ? row.experiments ?? 0 : row.spent?.[name] ?? 0) / limit!);
  const left = [wall ? seconds(Math.max(0, wall - spent)) : null, count ? plural(Math.max(0, count - (row.experiments ?? 0)), "exp.", "exp.") : null].filter(Boolean).join(", ");
  return { part: parts.length ? Math.max(...parts) : 0, words: `${seconds(row.partial && !row.over ? null : spent)}${wall ? ` of ${seconds(wall)}` : ""}${count ? `, ${figure(row.experiments)} of ${count}` : ""}`, left: left || DASH };
}

function remaining(doc: RunDoc, now: number): number | null {
  const open = doc.trials.filter((row) => !row.over);
  const usual = doc.planned.wall_s ?? Math.max(0, ...doc.trials.map((row) => row.budget?.wall_s ?? 0));
  if (!usual) return null;
  const waiting = Math.max(0, (doc.planned.trials ?? 0) - doc.trials.length) * usual;
  const begun = open.reduce((sum, row) => sum + Math.max(0, (row.budget?.wall_s ?? usual) - elapsed(row, now)), 0);
  return (waiting + begun) / Math.max(1, doc.planned.jobs ?? 1);
}

export function useNow(running: boolean): number {
  const [now, set] = useState(Date.now());
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => set(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}

function matches(row: Row, search: string): boolean {
  return search.toLowerCase().split(/\s+/).filter(Boolean).every((word) => `${row.trial} ${row.agent} ${row.state} ${row.working ? "working" : ""} ${row.flags?.length ? "flagged" : ""}`.toLowerCase().includes(word));
}

function sorted(rows: Row[], order: Order): Row[] {
  if (order === "trial") return rows;
  const of = (row: Row): number | string => (order === "usd" ? row.spent?.usd ?? -1 : order === "begun" ? row.begun : order === "score" ? row.score ?? row.best_development_score ?? -Infinity : row[order] ?? -1);
  return [...rows].sort((a, b) => (of(a) < of(b) ? 1 : of(a) > of(b) ? -1 : 0));
}

function mean(values: (number | null | undefined)[]): number | null {
  const known = values.filter((value): value is number => typeof value === "number");
  return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
}
