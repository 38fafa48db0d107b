/** How to write a task and have it checked; findings of the check shown readably. */

import { useState } from "preact/hooks";
import { Crumbs, Problem } from "../parts/small";
import { act, live } from "../data";
import { link } from "../router";

interface Report { task: string; ok: boolean; findings: { check: string; ok: boolean; text: string }[] }

const STEPS: [string, string][] = [
  ["A program that works", "environment/app holds the starting program: what a competent person writes first. Plain, correct, never slowed down on purpose."],
  ["What is asked", "instruction.md says what the program does, what may be edited, how it is measured and what is forbidden. No hints."],
  ["How it is judged", "tests/verify.py draws inputs from a seed and checks every output in full. It never runs the program and never prints a score."],
  ["The scale", "task.toml names the axis, the metric, baseline and reference, limits, and what is measured: instructions, estimated cycles, heap blocks, paired time, or a count."],
  ["The best you can do", "solution/ holds the reference, with reference.md on what each step gained."],
  ["What must not pay", "attacks/ holds submissions that cheat or are wrong, each with the verdict it must get."],
];

export function Contribute() {
  const [reports, setReports] = useState<Report[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [folder, setFolder] = useState("");
  const read = (text: string) => {
    try {
      const value = JSON.parse(text);
      const found = (Array.isArray(value) ? value : [value]) as Report[];
      if (!found.every((each) => Array.isArray(each.findings))) throw new Error();
      setReports(found);
      setProblem(null);
    } catch {
      setProblem("This is not what autolab tasks check --json prints.");
    }
  };
  const check = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      read(await act("check", { folder }));
    } catch (error) {
      setProblem((error as Error).message);
    }
    setBusy(false);
  };
  return (
    <>
      <Crumbs path={[{ text: "Runs", to: link([]) }, { text: "Contribute" }]} />
      <div class="title"><h1>Contribute a task</h1></div>
      <p class="lead">A task is a folder: a working program that can be made faster, smarter or smaller, with a clear metric, an open search space and no known optimum. It needs no registration.</p>
      <ol class="card steps-list">{STEPS.map(([name, text]) => <li key={name}><h2>{name}</h2><p>{text}</p></li>)}</ol>
      <section class="card"><header><h2>Check it</h2></header><div class="pad">
        <p>The check says precisely what is missing or wrong: what the task says, its anchors on several seeds, its checker against wrong outputs, its attacks, its limits. A task is done when it says nothing.</p>
        <pre class="command">autolab tasks check ./my-task{"\n"}autolab run ./my-task -a climb</pre>
        {live ? (
          <form class="inline-form" onSubmit={check}>
            <label>Task folder on this machine, or a task of the suite <input value={folder} required onInput={(event) => setFolder(event.currentTarget.value)} placeholder="./my-task" /></label>
            <button type="submit" class="main" disabled={busy}>{busy ? "Checking…" : "Check (quick)"}</button>
            {busy ? <p class="muted" role="status">Builds, counts, draws wrong outputs and runs every attack: about a minute.</p> : null}
          </form>
        ) : null}
        <label class="file-input">Or open what <code>autolab tasks check --json</code> printed: <input type="file" accept=".json,.txt,application/json" onChange={async (event) => { const file = event.currentTarget.files?.[0]; if (file) read(await file.text()); }} /></label>
        {problem ? <Problem text={problem} /> : null}
      </div></section>
      {reports?.map((report) => <Findings key={report.task} report={report} />)}
    </>
  );
}

function Findings({ report }: { report: Report }) {
  const wrong = report.findings.filter((each) => !each.ok);
  return (
    <section class="card findings"><header><h2>{report.task}</h2><span class={`tag ${wrong.length ? "warn" : "good"}`}>{wrong.length ? `${wrong.length} to mend` : "nothing to mend"}</span></header>
      <ul>{[...wrong, ...report.findings.filter((each) => each.ok)].map((each, i) => (
        <li key={i} class={each.ok ? "ok" : "wrong"}><span class="mark">{each.ok ? "✓" : "✗"}<span class="hidden">{each.ok ? "ok" : "wrong"}</span></span><strong>{each.check}</strong><span>{each.text}</span></li>
      ))}</ul>
    </section>
  );
}
