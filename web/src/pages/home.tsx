/** The first page: every run that is here. */

import { useEffect, useState } from "preact/hooks";
import { Crumbs, Empty, Loading, Meter, Problem } from "../parts/small";
import { follow, live, useDoc } from "../data";
import { plural, score, when, words } from "../format";
import { link } from "../router";
import type { IndexDoc, RunGlance } from "../types";

export function Home() {
  const found = useDoc<IndexDoc>(["index"]);
  const [newer, setNewer] = useState<IndexDoc | null>(null);
  const [search, setSearch] = useState("");
  useEffect(() => follow<IndexDoc>(() => "index=1", setNewer), []);
  const doc = newer ?? found.doc;
  if (found.error && !doc) return <Problem text={found.error} />;
  if (!doc) return <Loading what="the runs" />;
  const wanted = search.trim().toLowerCase();
  const runs = doc.runs.filter((run) => !wanted || [run.run, ...run.tasks, ...run.agents].some((text) => text.toLowerCase().includes(wanted)));
  return (
    <>
      <Crumbs path={[{ text: "Runs" }]} json={["index"]} />
      <div class="title"><h1>Runs</h1>
        {doc.runs.length > 5 ? <input type="search" id="search" placeholder="Run, task or agent  /" aria-label="Search runs" value={search} onInput={(event) => setSearch(event.currentTarget.value)} /> : null}
      </div>
      {doc.runs.length === 0 ? (
        <Empty title="No run is here yet.">
          <p>Begin one in a terminal, and it appears here by itself:</p>
          <pre class="command">autolab run gaussian_blur -a climb --wall 120</pre>
        </Empty>
      ) : runs.length === 0 ? <Empty title="No run matches." /> : (
        <ul class="runs">{runs.map((run) => <Run key={run.run} run={run} />)}</ul>
      )}
      {live ? null : <p class="muted">Written by AutoLab {doc.autolab}.</p>}
    </>
  );
}

function Run({ run }: { run: RunGlance }) {
  const all = Math.max(run.planned ?? 0, run.begun);
  return (
    <li class="card run">
      <div>
        <h2><a href={link(["run", run.run])}>{run.run}</a>{run.working ? <span class="live">live</span> : null}</h2>
        <p class="muted">{when(run.first)}</p>
      </div>
      <p><span class="muted">tasks</span> {some(run.tasks)}</p>
      <p><span class="muted">agents</span> {some(run.agents)}</p>
      <div class="progress"><Meter part={all ? run.over / all : 0} label={`${run.over} of ${all} trials done`} /><small>{run.over} of {plural(all, "trial")} done</small></div>
      <p class="number"><b>{score(run.mean_reward)}</b><small class="muted">mean reward</small></p>
    </li>
  );
}

function some(names: string[]): string {
  const shown = names.slice(0, 4).map(words).join(", ");
  return names.length > 4 ? `${shown} and ${names.length - 4} more` : shown || "–";
}
