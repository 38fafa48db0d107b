/** What the agent and people did, in order: reasoning, words, tool calls, commands, experiments; searched and filtered. */

import { useEffect, useMemo, useState } from "preact/hooks";
import { Glyph, Loading, Problem } from "./small";
import { load } from "../data";
import { money, plural, score, seconds, tokens, words } from "../format";
import type { Step, StepsDoc } from "../types";

const PART = 200; // steps of one document; web/bench.py, STEPS
const SHOWN = 120; // at once; more on demand

const GROUPS: { value: string; text: string; types: string[] }[] = [
  { value: "model", text: "Model", types: ["model_call"] },
  { value: "commands", text: "Commands", types: ["executed"] },
  { value: "experiments", text: "Experiments", types: ["experiment"] },
  { value: "people", text: "Notes and people", types: ["note", "veto", "stop_asked", "submitted"] },
  { value: "lab", text: "Lab", types: ["trial_started", "trial_resumed", "bench_closed", "grade", "trial_ended"] },
];

export function Steps({ base, count, select }: { base: string[]; count: number; select: (number: number) => void }) {
  const [steps, setSteps] = useState<Step[]>([]);
  const [error, setError] = useState<string | null>(null);
  const [search, setSearch] = useState("");
  const [off, setOff] = useState<Set<string>>(new Set());
  const [most, setMost] = useState(SHOWN);
  useEffect(() => {
    let current = true;
    const parts = Math.ceil(count / PART);
    const read = async () => {
      const found: Step[] = [];
      for (let part = 0; part < parts && current; part++) {
        const full = (part + 1) * PART <= count;
        const doc = await load<StepsDoc>([...base, "steps", String(part)], !full);
        found.push(...doc.steps);
        if (current && (part % 5 === 4 || part === parts - 1)) setSteps([...found]);
      }
    };
    read().catch((problem: Error) => current && setError(problem.message));
    return () => { current = false; };
  }, [base.join("/"), count]);
  const groups = GROUPS.map((group) => ({ ...group, count: steps.filter((step) => group.types.includes(step.type)).length }));
  const found = useMemo(() => {
    const hidden = new Set(GROUPS.filter((group) => off.has(group.value)).flatMap((group) => group.types));
    const wanted = search.trim().toLowerCase();
    return steps.filter((step) => !hidden.has(step.type) && (!wanted || textOf(step).toLowerCase().includes(wanted)));
  }, [steps, off, search]);
  if (error) return <Problem text={error} />;
  if (!steps.length && count) return <Loading what="the agent's steps" />;
  return (
    <div class="steps">
      <div class="filters">
        <input type="search" placeholder="Search all words and outputs" aria-label="Search steps" value={search} onInput={(event) => { setSearch(event.currentTarget.value); setMost(SHOWN); }} />
        {groups.filter((group) => group.count).map((group) => (
          <label key={group.value} class="check"><input type="checkbox" checked={!off.has(group.value)} onChange={() => {
            const next = new Set(off);
            if (!next.delete(group.value)) next.add(group.value);
            setOff(next);
          }} />{group.text} <small>{group.count}</small></label>
        ))}
      </div>
      <p class="muted" role="status">{found.length === steps.length ? plural(steps.length, "step") : `${found.length} of ${plural(steps.length, "step")}`}{steps.length < count ? `, reading ${count}` : ""}</p>
      <ol>{found.slice(0, most).map((step) => <OneStep key={step.seq} step={step} select={select} />)}</ol>
      {found.length > most ? <button type="button" onClick={() => setMost(most + SHOWN * 4)}>Show {Math.min(SHOWN * 4, found.length - most)} more</button> : null}
    </div>
  );
}

function textOf(step: Step): string {
  const calls = step.tool_calls?.map((call) => `${call.name} ${JSON.stringify(call.arguments)}`) ?? [];
  return [words(step.type), step.hypothesis, step.argv?.join(" "), step.output, step.text, step.reasoning, step.reason, step.error, step.detail, ...calls].filter(Boolean).join("\n");
}

function OneStep({ step, select }: { step: Step; select: (number: number) => void }) {
  return <li class={`step t-${step.type}`}><time>{seconds(step.at)}</time><div>{body(step, select)}</div></li>;
}

function body(step: Step, select: (number: number) => void) {
  switch (step.type) {
    case "experiment":
      return (
        <p><button type="button" class="inline" onClick={() => select(step.number!)}>#{step.number}</button> <Glyph kind={step.verdict!} /> {step.score === null ? words(step.verdict!) : score(step.score)} · {step.hypothesis}</p>
      );
    case "executed":
      return (
        <details>
          <summary><code>$ {(step.argv ?? []).join(" ").slice(0, 300)}</code> <small class={step.exit_code ? "down" : "muted"}>{step.exit_code === null ? "killed" : `exit ${step.exit_code}`} · {seconds(step.seconds)}</small></summary>
          <pre class="output" tabIndex={0}>{step.output || "(no output)"}</pre>
        </details>
      );
    case "model_call":
      return (
        <>
          <p class="head"><strong>{step.model}</strong> <small class="muted">{tokens(step.input_tokens)} in, {tokens(step.output_tokens)} out · {step.usd === null ? "not priced" : money(step.usd)} · {seconds(step.seconds)}{step.via === "gateway" ? " · gateway" : ""}</small></p>
          {step.status !== "ok" ? <p class="reason">{step.status}: {step.error}</p> : null}
          {step.reasoning ? <details><summary>Reasoning</summary><div class="said">{step.reasoning}</div></details> : null}
          {step.text ? <div class="said">{step.text}</div> : null}
          {(step.tool_calls ?? []).map((call, i) => (
            <details key={i}><summary><code>{call.name}</code> <small class="muted">{brief(call.arguments)}</small></summary><pre class="output" tabIndex={0}>{pretty(call.arguments)}</pre></details>
          ))}
        </>
      );
    case "note": return <p><strong>Note of {step.author === "person" ? "a person" : `the ${step.author}`}:</strong> <span class="said">{step.text}</span></p>;
    case "veto": return <p><strong>Veto of #{step.experiment}:</strong> {step.reason}</p>;
    case "stop_asked": return <p><strong>Stop asked</strong>{step.reason ? `: ${step.reason}` : ""}</p>;
    case "submitted": return <p><strong>Submitted #{step.experiment}</strong></p>;
    case "bench_closed": return <p><strong>Bench closed:</strong> {step.reason}{step.detail ? `: ${step.detail}` : ""}</p>;
    case "grade": return <p><strong>Graded</strong> the {step.choice} state: reward {score(step.reward)}</p>;
    default: return <p class="muted">{words(step.type)}</p>;
  }
}

function brief(value: Record<string, unknown>): string {
  const text = Object.values(value).map((each) => (typeof each === "string" ? each : JSON.stringify(each))).join(" ").replaceAll("\n", " ");
  return text.length > 90 ? `${text.slice(0, 90)}…` : text;
}

function pretty(value: Record<string, unknown>): string {
  return Object.entries(value).map(([name, each]) => `${name}: ${typeof each === "string" ? each : JSON.stringify(each, null, 2)}`).join("\n");
}
