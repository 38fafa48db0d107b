/** The lab bench: one trial, looked at while it runs or played back. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { State, elapsed, useNow, used } from "./run";
import { Chart, type Over } from "../parts/chart";
import type { Against } from "../parts/diffview";
import { ExperimentPanel, type Tab } from "../parts/experiment";
import { Experiments } from "../parts/experiments";
import { Lineage } from "../parts/lineage";
import { Playback } from "../parts/playback";
import { ResilienceView } from "../parts/resilience";
import { joined, noiseOf, seriesOf } from "../parts/series";
import { Ask, Crumbs, Empty, Glyph, Loading, Problem, Segments, Stat } from "../parts/small";
import { Steps } from "../parts/steps";
import { TimeUse } from "../parts/timeuse";
import { act, follow, live, load, onlyTrial, useDoc } from "../data";
import { DASH, figure, money, percent, score, seconds, times, tokens, words } from "../format";
import { here, link, replaceQuery } from "../router";
import type { AnalysisDoc, Mark, TrialDoc } from "../types";
import { KINDS, type Kind, MEANING } from "../verdicts";

type More = "steps" | "resilience" | "lineage" | "time" | "origin";

export function TrialPage({ run, trial }: { run: string; trial: string }) {
  const base = useMemo(() => ["trial", run, trial], [run, trial]);
  const found = useDoc<TrialDoc>(base);
  const [doc, setDoc] = useState<TrialDoc | null>(null);
  const [up, setUp] = useState(true);
  const latest = useRef<TrialDoc | null>(null);
  useEffect(() => { if (found.doc && !latest.current) setDoc(latest.current = found.doc); }, [found.doc]);
  useEffect(() => {
    if (!found.doc) return;
    return follow<TrialDoc>(
      () => `trial=${encodeURIComponent(`${run}/${trial}`)}&since=${latest.current?.columns.score.length ?? 0}`,
      (part) => setDoc(latest.current = latest.current ? joined(latest.current, part) : part), setUp);
  }, [found.doc]);
  if (found.error && !doc) return <Problem text={found.error} />;
  if (!doc) return <Loading what={`trial ${trial}`} />;
  if (doc.row.problem) return <><Crumbs path={crumbs(run, trial)} /><Problem text={doc.row.problem} /></>;
  return <Bench base={base} run={run} doc={doc} up={up} />;
}

function crumbs(run: string, trial: string) {
  return [{ text: "Runs", to: link([]) }, { text: run, to: link(["run", run]) }, { text: trial }];
}

function Bench({ base, run, doc, up }: { base: string[]; run: string; doc: TrialDoc; up: boolean }) {
  const { row } = doc;
  const count = doc.columns.score.length;
  const asked = here().query;
  const [over, setOver] = useState<Over>((asked.get("over") as Over) ?? "elapsed");
  const [hidden, setHidden] = useState<Set<Kind>>(new Set());
  const [selected, setSelected] = useState(Number(asked.get("n")) || 0);
  const [playhead, setPlayhead] = useState<number | null>(null);
  const [playing, setPlaying] = useState(false);
  const [tab, setTab] = useState<Tab>((asked.get("tab") as Tab) ?? "figures");
  const [against, setAgainst] = useState<Against>((asked.get("against") as Against) ?? "parent");
  const [more, setMore] = useState<More>((asked.get("more") as More) ?? "steps");
  const [asking, setAsking] = useState<"note" | "stop" | "veto" | null>(null);
  const [told, setTold] = useState<string | null>(null);
  const series = useMemo(() => seriesOf(doc), [doc.columns, doc.vetoed]);
  const noise = useMemo(() => noiseOf(doc), [doc.noise, doc.graded]);
  const shown = useMemo(() => new Set(KINDS.filter((kind) => !hidden.has(kind))), [hidden]);
  const counts = useMemo(() => {
    const found = new Map<Kind, number>();
    for (const kind of series.kind) found.set(kind, (found.get(kind) ?? 0) + 1);
    return found;
  }, [series]);
  const now = useNow(!!row.working);
  const number = Math.min(count, selected || doc.graded?.experiment || doc.best || count);

  const select = (n: number, scroll = false) => {
    setSelected(n);
    if (playhead !== null && n > playhead) setPlayhead(n);
    if (scroll) document.querySelector(".experiment-panel")?.scrollIntoView({ block: "nearest" });
  };
  const play = (n: number) => { setPlayhead(n); setSelected(Math.max(1, n)); };
  const end = () => { setPlaying(false); setPlayhead(null); };
  useEffect(() => {
    if (!playing) replaceQuery({ n: selected ? String(selected) : null, tab: tab === "figures" ? null : tab, over: over === "elapsed" ? null : over, against: against === "parent" ? null : against, more: more === "steps" ? null : more });
  }, [selected, tab, over, against, more, playing]);

  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey || target.closest("dialog, textarea, select, input:not([type=range])")) return;
      const step = (n: number) => { event.preventDefault(); select(Math.max(1, Math.min(count, n))); if (playhead !== null) setPlayhead(Math.max(1, Math.min(count, n))); };
      const bests = series.bests;
      if (event.key === " " && !target.closest("button, summary, a")) { event.preventDefault(); setPlaying(!playing); }
      else if (target.closest("input")) return;
      else if (event.key === "ArrowLeft" || event.key === "k" || (event.key === "ArrowUp" && target.closest(".long"))) step(number - 1);
      else if (event.key === "ArrowRight" || event.key === "j" || (event.key === "ArrowDown" && target.closest(".long"))) step(number + 1);
      else if (event.key === "Home" && !target.closest(".code")) step(1);
      else if (event.key === "End" && !target.closest(".code")) step(count);
      else if (event.key === "b") step(bests.find((n) => n > number) ?? number);
      else if (event.key === "B") step([...bests].reverse().find((n) => n < number) ?? number);
      else if (event.key === "Escape" && playhead !== null) end();
      else if ("fdop".includes(event.key)) setTab(({ f: "figures", d: "diff", o: "output", p: "profile" } as Record<string, Tab>)[event.key]);
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  });

  const open = live && !doc.graded && !row.over;
  const use = used(row, now);
  const anchors = row.anchors;
  const gained = anchors && row.metric ? (anchors.baseline > anchors.reference ? anchors.baseline / row.metric : row.metric / anchors.baseline) : null;
  const top = doc.best ? doc.columns.score[doc.best - 1] : null;
  const hasLineage = series.kind.some((_, i) => doc.columns.parent[i] || doc.columns.parents?.[i]?.length);
  const analysis = useAnalysis(base, count, row.over);
  const [marked, setMarked] = useState(true);
  const marks = useMemo(() => (marked && analysis.doc ? analysis.doc.marks : NONE), [marked, analysis.doc]);
  return (
    <>
      <Crumbs path={crumbs(run, row.trial)} json={base} />
      <div class="title">
        <h1>{onlyTrial ? words(row.task) : <a href={link(["task", row.task])}>{words(row.task)}</a>} <span class="by">by {row.agent}, try {row.attempt ?? DASH}</span></h1>
        <State row={row} />
        {live && !up ? <span class="state s-bad" role="status">connection lost, trying again</span> : null}
        <span class="space" />
        {open ? <><button type="button" onClick={() => setAsking("note")}>Note…</button><button type="button" disabled={row.stop} onClick={() => setAsking("stop")}>{row.stop ? "Stopping" : "Stop…"}</button></> : null}
      </div>
      {told ? <p class="notice told" role="status">{told}</p> : null}
      <dl class="stats card">
        <Stat name={doc.graded ? "final score" : "best score so far"} value={<span class="big">{score(doc.graded ? row.score : top)}</span>} note={doc.graded ? (row.score === null ? words(row.verdict ?? "") : "on hidden inputs; 0 baseline, 1 reference") : "on development inputs"} />
        <Stat name={doc.graded?.measurement.unit ?? row.best_unit ?? "metric"} value={figure(doc.graded ? row.metric : row.best_metric)} note={gained ? `${times(gained)} better than the baseline` : anchors ? null : "anchors come with the grade"} />
        <Stat name="experiments" value={figure(count)} note={`${series.bests.length} new bests, ${series.failed} without a score`} />
        <Stat name="time" value={seconds(elapsed(row, now))} note={row.over ? `${row.budget?.wall_s ? `of ${seconds(row.budget.wall_s)}` : ""}` : `${use.left} left`} />
        {row.calls ? <Stat name="tokens" value={tokens(row.spent?.tokens)} note={`${figure(row.calls)} calls${row.model ? ` of ${row.model}` : ""}`} /> : null}
        {row.calls ? <Stat name="cost" value={money(row.spent?.usd)} /> : <Stat name="model" value={DASH} note="this agent calls none" />}
      </dl>
      {doc.graded?.measurement.flags.length ? <div class="notice warn"><strong>Flagged for review.</strong><ul>{doc.graded.measurement.flags.map((flag) => <li key={flag}>{flag}</li>)}</ul></div> : null}
      {doc.noise?.low_precision ? <p class="notice warn">This host is too noisy to grade timed tasks: an unchanged program differs from itself by {percent(doc.noise.spread)}.</p> : null}
      <section class="card curve" aria-labelledby="curve-title">
        <header>
          <h2 id="curve-title">Score over</h2>
          <Segments label="Horizontal axis" value={over} set={setOver} options={[
            { value: "elapsed", text: "time" }, { value: "experiments", text: "experiments" },
            { value: "tokens", text: "tokens", off: !row.calls && "This agent calls no model" }, { value: "usd", text: "money", off: (!row.calls || series.x.usd[count - 1] === 0) && "Nothing here has a price" },
          ]} />
          <span class="space" />
          <ul class="legend" aria-label="Verdicts shown">
            {KINDS.filter((kind) => counts.get(kind)).map((kind) => (
              <li key={kind}><button type="button" aria-pressed={!hidden.has(kind)} title={MEANING[kind]} onClick={() => {
                const next = new Set(hidden);
                if (!next.delete(kind)) next.add(kind);
                setHidden(next);
              }}><Glyph kind={kind} />{words(kind)} <small>{counts.get(kind)}</small></button></li>
            ))}
            {analysis.doc?.marks.length ? <li><button type="button" aria-pressed={marked} title="Plateaus shaded; setbacks and restructurings at the top" onClick={() => setMarked(!marked)}>{[...new Set(analysis.doc.marks.map((mark) => mark.kind))].map((kind) => <span key={kind} class={`marks ${kind}`}><i aria-hidden="true">{kind === "plateau" ? "" : kind === "setback" ? "▼" : "◆"}</i>{kind}s</span>)}</button></li> : null}
          </ul>
        </header>
        {count ? <Chart series={series} over={over} shown={shown} selected={number} playhead={playhead} marks={marks} noise={noise} select={(n) => select(n)} />
          : <Empty title={row.working ? "The agent has measured nothing yet." : "This trial has no experiment."}><p>{row.working ? "The first experiment appears here as soon as it is in the ledger." : "The agent ended without a measure; what it left was graded as it was."}</p></Empty>}
        {count ? <Playback count={count} at={playhead} playing={playing} setPlaying={setPlaying} set={play} end={end} /> : null}
        <p class="keys muted">{noise ? `The band is ±${percent(noise.floor)} of the metric: a smaller gain is not told from none on this host. ` : ""}Drag to zoom, double-click to see all. Keys: <kbd>←</kbd> <kbd>→</kbd> step, <kbd>b</kbd> next best, <kbd>space</kbd> play, <kbd>f</kbd> <kbd>d</kbd> <kbd>o</kbd> <kbd>p</kbd> parts.</p>
      </section>
      {count ? (
        <div class="columns">
          <Experiments series={series} shown={shown} selected={number} until={playhead} select={(n) => select(n)} />
          <ExperimentPanel base={base} doc={doc} series={series} number={number} tab={tab} setTab={setTab} against={against} setAgainst={setAgainst} veto={open ? () => setAsking("veto") : null} />
        </div>
      ) : null}
      <section class="card more" aria-label="The whole trial">
        <header><Segments label="Part of the trial" value={more} set={setMore} options={[
          { value: "steps", text: "Agent's steps" }, { value: "resilience", text: "Setbacks" }, { value: "lineage", text: "Lineage", off: !hasLineage && "No experiment says where it came from" },
          { value: "time", text: "Time" }, { value: "origin", text: "Provenance" },
        ]} /></header>
        <div class="pad">
          {more === "steps" ? <Steps base={base} count={doc.steps} select={(n) => select(n, true)} />
            : more === "lineage" ? <Lineage doc={doc} series={series} selected={number} until={playhead} select={(n) => select(n)} />
            : more === "origin" ? <Origin doc={doc} />
            : analysis.error ? <Problem text={analysis.error} /> : !analysis.doc ? <Loading what="the analysis" />
            : more === "time" ? <TimeUse analysis={analysis.doc} /> : <ResilienceView analysis={analysis.doc} select={(n) => select(n, true)} />}
        </div>
      </section>
      {asking ? (
        <Ask required={asking !== "stop"} title={asking === "veto" ? `Veto experiment ${number}` : asking === "note" ? "Note for the agent" : "Stop this trial"}
          help={asking === "veto" ? "Its state stays in the record, is no best any more, and is not graded. The agent is told why." : asking === "note" ? "The agent sees it at its next status. It is written to the ledger." : "The bench closes at the agent's next call, and what was reached is graded."}
          label={asking === "note" ? "Note" : asking === "veto" ? "Reason" : "Why (optional)"} button={asking === "veto" ? "Veto" : asking === "note" ? "Leave note" : "Stop"}
          done={(text) => act(asking, { run, trial: row.trial, experiment: number, text })} close={(said) => { setAsking(null); if (said) setTold(said); }} />
      ) : null}
    </>
  );
}

const NONE: Mark[] = [];

/** What analysis says, after the first paint; of a trial that goes on it is asked again as experiments come, at most every 5 s. */
function useAnalysis(base: string[], count: number, over: boolean): { doc: AnalysisDoc | null; error: string | null } {
  const [found, set] = useState<{ doc: AnalysisDoc | null; error: string | null }>({ doc: null, error: null });
  const asked = useRef(0);
  useEffect(() => {
    if (!count) return;
    const timer = setTimeout(() => {
      asked.current = Date.now();
      load<AnalysisDoc>([...base, "analysis"], live).then((doc) => set({ doc, error: null }), (error: Error) => set((before) => ({ ...before, error: error.message })));
    }, asked.current ? Math.max(0, 5000 - (Date.now() - asked.current)) : 150);
    return () => clearTimeout(timer);
  }, [base, count, over]);
  return found;
}

function Origin({ doc }: { doc: TrialDoc }) {
  const made = doc.provenance;
  if (!made) return <p class="muted">Nothing is known yet.</p>;
  const rows: [string, string][] = [
    ["task", made.task], ["task digest", made.task_digest], ["autolab", made.autolab], ["fingerprint", made.fingerprint], ["seed", String(doc.seed ?? DASH)],
    ["grade's seeds", doc.graded?.measurement.seeds.join(", ") ?? DASH],
    ...Object.entries(made.machine), ...Object.entries(made.toolchain),
    ["sandbox", Object.entries(made.sandbox).map(([name, value]) => `${name}: ${Array.isArray(value) ? value.join(", ") || "none" : String(value)}`).join(" · ")],
    ["folder", doc.row.folder],
  ];
  return <dl class="facts-list">{rows.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>;
}
