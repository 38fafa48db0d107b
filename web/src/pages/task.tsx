/** One task: what it asks, on what scale, and what was reached. */

import { DiffBetween } from "../parts/best";
import { State } from "./run";
import { Strip } from "../parts/strip";
import { Crumbs, Empty, Loading, Problem, Stat, TrialLink } from "../parts/small";
import { useDoc } from "../data";
import { figure, plural, score, seconds, times, words } from "../format";
import { link } from "../router";
import type { TaskDoc } from "../types";

export function TaskPage({ name }: { name: string }) {
  const found = useDoc<TaskDoc>(["task", name]);
  if (found.error) return <Problem text={found.error} />;
  if (!found.doc) return <Loading what={`task ${name}`} />;
  const { about, trials, problem } = found.doc;
  const graded = trials.filter((row) => row.score != null).sort((a, b) => b.score! - a.score!);
  const best = graded[0];
  const spec = about?.optimization;
  const changed = about && trials.some((row) => row.task_digest && row.task_digest !== about.digest);
  return (
    <>
      <Crumbs path={[{ text: "Runs", to: link([]) }, { text: "Tasks", to: link(["tasks"]) }, { text: name }]} json={["task", name]} />
      <div class="title"><h1>{words(name)}</h1>{spec ? <span class="tag">{spec.axis}</span> : null}</div>
      {problem && !about ? <p class="notice warn">The task itself is not here: {problem}</p> : null}
      {changed ? <p class="notice warn">Some results are of another state of this task (its digest differs); they do not compare with the others.</p> : null}
      {spec && about ? (
        <dl class="stats card">
          <Stat name="metric" value={about.unit} note={`${spec.direction} is better, ${spec.scale} scale`} />
          <Stat name="baseline, score 0" value={figure(about.measured?.baseline ?? spec.baseline.score)} note={measured(about.measured?.baseline, spec.baseline.score)} title={spec.baseline.method} />
          <Stat name="reference, score 1" value={figure(about.measured?.reference ?? spec.reference.score)} note={measured(about.measured?.reference, spec.reference.score)} title={spec.reference.method} />
          <Stat name="reference gains" value={times(Math.max(spec.baseline.score / spec.reference.score, spec.reference.score / spec.baseline.score))} note={spec.reference.method} />
          {spec.floor ? <Stat name="floor" value={figure(spec.floor.score)} note={spec.floor.reason} /> : null}
          <Stat name="measured by" value={words(spec.instrument.kind)} note={`${spec.editable.join(", ")} may be edited`} />
        </dl>
      ) : null}
      <section class="card"><header><h2>Results</h2></header>
        {graded.length ? <Strip rows={graded} /> : <Empty title="No graded result is here yet."><pre class="command">autolab run {name} -a climb</pre></Empty>}
        {trials.length ? (
          <div class="scroll" tabIndex={0} role="region" aria-label="Results">
            <table class="plain">
              <thead><tr><th>agent</th><th>run</th><th class="right">score</th><th class="right">{about?.unit ?? "metric"}</th><th class="right">experiments</th><th class="right">time</th><th>state</th></tr></thead>
              <tbody>{[...graded, ...trials.filter((row) => row.score == null)].slice(0, 100).map((row) => (
                <tr key={`${row.run}/${row.trial}`}><td><TrialLink run={row.run} trial={row.trial}>{row.agent}, try {row.attempt ?? "–"}</TrialLink></td><td><a href={link(["run", row.run])}>{row.run}</a></td>
                  <td class="right"><b>{score(row.score)}</b></td><td class="right">{figure(row.metric)}</td><td class="right">{figure(row.experiments)}</td><td class="right">{seconds(row.seconds)}</td><td><State row={row} /></td></tr>
              ))}</tbody>
            </table>
            {trials.length > 100 ? <p class="muted pad">The best 100 of {plural(trials.length, "trial")}.</p> : null}
          </div>
        ) : null}
      </section>
      {best ? (
        <section class="card"><header><h2>Best solution</h2><span class="space" /><TrialLink run={best.run} trial={best.trial}>Watch how {best.agent} found it</TrialLink></header>
          <div class="pad"><DiffBetween base={["trial", best.run, best.trial]} from="start" to="grade" /></div>
        </section>
      ) : null}
      {about ? <section class="card"><header><h2>Instruction</h2></header><div class="pad instruction">{about.instruction}</div></section> : null}
      {about?.attacks.length ? (
        <section class="card"><header><h2>Attacks it is checked against</h2></header>
          <dl class="facts-list pad">{about.attacks.map((each) => <div key={each.name}><dt>{words(each.name)}</dt><dd>{each.why} <span class="muted">must get: {words(each.verdict)}</span></dd></div>)}</dl>
        </section>
      ) : null}
    </>
  );
}

function measured(here: number | undefined, stated: number): string {
  if (here === undefined) return "as stated; not measured on this machine";
  const apart = here / stated - 1;
  return `measured here; stated ${figure(stated)}${Math.abs(apart) >= 0.0005 ? ` (${apart > 0 ? "+" : "−"}${Math.abs(apart * 100).toFixed(1)} %)` : ""}`;
}
