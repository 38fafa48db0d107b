/** The selected experiment: what was expected and what came of it, the change, the outputs, the profile. */

import { useEffect, useState } from "preact/hooks";
import { type Against, DiffView } from "./diffview";
import { Loading, Problem, Segments, Stat, Verdict } from "./small";
import type { Series } from "./series";
import { load } from "../data";
import { figure, money, percent, score, seconds, times, tokens, words } from "../format";
import type { ExperimentDoc, Measurement, TrialDoc } from "../types";

export type Tab = "figures" | "diff" | "output" | "profile";

export function ExperimentPanel({ base, doc, series, number, tab, setTab, against, setAgainst, veto }: {
  base: string[]; doc: TrialDoc; series: Series; number: number; tab: Tab; setTab: (tab: Tab) => void;
  against: Against; setAgainst: (against: Against) => void; veto: (() => void) | null;
}) {
  const [found, setFound] = useState<{ number: number; doc: ExperimentDoc | null; error: string | null }>({ number: 0, doc: null, error: null });
  useEffect(() => {
    let current = true;
    // A playhead that runs over hundreds of experiments asks for the one where it rests.
    const timer = setTimeout(() => load<ExperimentDoc>([...base, "experiment", String(number)]).then(
      (value) => current && setFound({ number, doc: value, error: null }),
      (error: Error) => current && setFound({ number, doc: null, error: error.message }),
    ), 90);
    return () => { current = false; clearTimeout(timer); };
  }, [base.join("/"), number]);
  const i = number - 1;
  const whole = found.number === number ? found.doc : null;
  const parent = doc.columns.parent[i];
  const before = bestBefore(series, number);
  return (
    <section class="card experiment-panel" aria-labelledby="experiment-title">
      <header>
        <h2 id="experiment-title">#{number}</h2>
        <Verdict kind={series.kind[i]} />
        {doc.graded?.experiment === number ? <span class="tag">graded</span> : null}
        {doc.submitted === number ? <span class="tag">submitted</span> : null}
        {doc.columns.flags[i] ? <span class="tag warn">flagged</span> : null}
        <span class="space" />
        {veto && !doc.vetoed.includes(number) ? <button type="button" onClick={veto}>Veto…</button> : null}
      </header>
      <blockquote class="hypothesis">{whole?.hypothesis || doc.columns.hypothesis[i] || <span class="muted">no hypothesis was given</span>}</blockquote>
      <Expectation doc={doc} number={number} parent={parent} />
      <Segments label="Part of the experiment" value={tab} set={setTab} options={[
        { value: "figures", text: "Figures" }, { value: "diff", text: "Diff" }, { value: "output", text: "Output" }, { value: "profile", text: "Profile" },
      ]} />
      <div class="tab">
        {tab === "diff" ? <DiffView base={base} number={number} parent={parent} best={before} against={against} set={setAgainst} />
          : found.number === number && found.error ? <Problem text={found.error} />
          : !whole ? <Loading what={`experiment ${number}`} />
          : tab === "figures" ? <Figures whole={whole} doc={doc} />
          : tab === "output" ? <Output measured={whole.measurement} /> : <Profile measured={whole.measurement} />}
      </div>
    </section>
  );
}

function bestBefore(series: Series, number: number): number | null {
  let found: number | null = null;
  for (const each of series.bests) {
    if (each >= number) break;
    found = each;
  }
  return found;
}

/** The ratio of two metrics, above 1 where the second is the better one. */
function gain(doc: TrialDoc, from: number, to: number): number | null {
  const a = doc.columns.metric[from - 1], b = doc.columns.metric[to - 1];
  const sa = doc.columns.score[from - 1], sb = doc.columns.score[to - 1];
  if (!a || !b || sa === null || sb === null) return null;
  if (a === b) return 1;
  const ratio = a / b;
  return (sb > sa) === (ratio > 1) ? ratio : 1 / ratio;
}

function Expectation({ doc, number, parent }: { doc: TrialDoc; number: number; parent: number | null }) {
  const expected = doc.columns.expected[number - 1];
  const measured = parent ? gain(doc, parent, number) : null;
  const change = parent && doc.columns.score[number - 1] !== null && doc.columns.score[parent - 1] !== null
    ? (doc.columns.score[number - 1] as number) - (doc.columns.score[parent - 1] as number) : null;
  const most = Math.max(expected ?? 1, measured ?? 1, 1.05);
  const at = (value: number) => `${(Math.log(Math.max(value, 0.05)) / Math.log(most) * 0.5 + 0.5) * 100}%`;
  return (
    <dl class="expectation">
      <div><dt>expected</dt><dd>{expected === null ? <span class="muted">not said</span> : times(expected)}</dd></div>
      <div><dt>measured{parent ? ` against #${parent}` : ""}</dt><dd>{measured === null ? <span class="muted">{parent ? "no figure" : "no measured parent"}</span> : times(measured)}</dd></div>
      <div><dt>score</dt><dd>{score(doc.columns.score[number - 1])}{change !== null ? <small class={change > 0 ? "up" : change < 0 ? "down" : ""}>{change >= 0 ? "+" : "−"}{Math.abs(change).toFixed(3)}</small> : null}</dd></div>
      {expected !== null && measured !== null ? (
        <div class="against" aria-hidden="true">
          <svg viewBox="0 0 100 14" preserveAspectRatio="none"><path class="axis" d="M0 7H100" /><path class="one" d="M50 2V12" /></svg>
          <i class="e" style={{ left: at(expected) }} /><i class="m" style={{ left: at(measured) }} />
        </div>
      ) : null}
    </dl>
  );
}

function Figures({ whole, doc }: { whole: ExperimentDoc; doc: TrialDoc }) {
  const found = whole.measurement;
  const phases = Object.entries(found.phases).filter(([, spent]) => spent >= 0.0005).sort((a, b) => b[1] - a[1]);
  const total = phases.reduce((sum, [, spent]) => sum + spent, 0);
  const anchors = found.anchors;
  return (
    <>
      {found.reason ? <p class="reason">{found.reason}{found.limit ? ` (${found.limit})` : ""}</p> : null}
      <dl class="stats">
        <Stat name={found.unit} value={figure(found.metric)} note={anchors && found.metric ? `${times(anchors.baseline > anchors.reference ? anchors.baseline / found.metric : found.metric / anchors.baseline)} better than the baseline` : null} />
        {found.counted !== null && found.counted !== found.metric ? <Stat name="counted, before time confirmed it" value={figure(found.counted)} /> : null}
        {found.paired ? <Stat name={`paired ${found.paired.clock} time`} value={times(found.paired.speedup)} note={`95 %: ${found.paired.low.toFixed(2)} to ${found.paired.high.toFixed(2)}, ${found.paired.pairs.length} pairs`} /> : null}
        <Stat name="thinking before" value={seconds(whole.seconds_before)} />
        <Stat name="measure took" value={seconds(whole.seconds)} />
        <Stat name="at" value={seconds(whole.elapsed)} />
        {whole.spent.tokens ? <Stat name="tokens by then" value={tokens(whole.spent.tokens)} /> : null}
        {doc.row.calls ? <Stat name="cost by then" value={money(whole.spent.usd)} /> : null}
      </dl>
      {found.flags.length ? <ul class="flags">{found.flags.map((flag) => <li key={flag}>{flag}</li>)}</ul> : null}
      {found.dropped.length ? <p class="reason">Left out of the submission: {found.dropped.map((each) => `${each.path} (${each.reason})`).join(", ")}</p> : null}
      {found.samples.length ? (
        <div class="scroll" tabIndex={0} role="region" aria-label="Cases">
          <table class="plain">
            <thead><tr><th>family</th><th>size</th><th class="right">{found.unit}</th><th class="right">CPU</th><th class="right">seed</th></tr></thead>
            <tbody>{found.samples.map((each, i) => (
              <tr key={i}><td>{each.family}</td><td>{each.size}</td><td class="right">{figure(each.value)}</td><td class="right">{seconds(each.cpu_s)}</td><td class="right muted">{String(each.seed).slice(0, 8)}…</td></tr>
            ))}</tbody>
          </table>
        </div>
      ) : null}
      {phases.length ? (
        <dl class="bars">{phases.map(([name, spent]) => (
          <div key={name}><dt>{words(name)}</dt><dd><svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect width={(spent / total) * 100} height="6" /></svg><span>{seconds(spent)}</span></dd></div>
        ))}</dl>
      ) : null}
      <p class="muted mono">commit {whole.commit.slice(0, 12)} · tree {whole.tree.slice(0, 12)}{whole.origin ? ` · ${whole.origin.operator} ${whole.origin.place}` : ""}</p>
    </>
  );
}

function Output({ measured }: { measured: Measurement }) {
  if (!measured.build_output.trim() && !measured.run_output.trim()) return <p class="muted">Neither the build nor the run printed anything.</p>;
  return (
    <>
      {([["build", measured.build_output], ["run", measured.run_output]] as const).map(([name, text]) => (text.trim() ? (
        <figure class="file" key={name}><figcaption>{name} output</figcaption><pre class="output" tabIndex={0}>{text}</pre></figure>
      ) : null))}
    </>
  );
}

function Profile({ measured }: { measured: Measurement }) {
  if (!measured.profile.length) return <p class="muted">No profile: {measured.verdict === "ok" ? "this instrument makes none" : "the program was not counted"}.</p>;
  const most = measured.profile[0].share;
  return (
    <dl class="bars profile">{measured.profile.map((each, i) => (
      <div key={i}>
        <dt><code>{each.function}</code> <small class="muted">{each.file}</small></dt>
        <dd><svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect width={(each.share / most) * 100} height="6" /></svg><span>{percent(each.share)}</span><span class="muted">{figure(each.cost)}</span></dd>
      </div>
    ))}</dl>
  );
}
