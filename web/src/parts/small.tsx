/** Small things that every page uses. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { jsonAddress, onlyTrial } from "../data";
import { link } from "../router";
import type { Figure } from "../types";
import { words } from "../format";
import { type Kind, MEANING, SHAPES } from "../verdicts";

export function Glyph({ kind, size = 14 }: { kind: Kind; size?: number }) {
  const shape = SHAPES[kind];
  return (
    <svg class={`glyph v-${kind}${shape.stroked ? " stroked" : ""}`} width={size} height={size} viewBox="-7 -7 14 14" aria-hidden="true">
      <path d={shape.path(4.4)} />
    </svg>
  );
}

export function Verdict({ kind }: { kind: Kind }) {
  return <span class="verdict" title={MEANING[kind]}><Glyph kind={kind} />{words(kind)}</span>;
}

/** Best so far over the experiments, 0 at the baseline; the reference at the top unless it was passed. */
export function Spark({ values, label }: { values: Figure[] | undefined; label: string }) {
  const known = (values ?? []).filter((value): value is number => value !== null);
  if (!values || known.length === 0) return <span class="muted">–</span>;
  const low = Math.min(0, ...known), high = Math.max(1, ...known);
  const x = (i: number) => (values.length < 2 ? 50 : (i / (values.length - 1)) * 96 + 2);
  const y = (value: number) => 20 - ((value - low) / (high - low)) * 18;
  let path = "";
  values.forEach((value, i) => {
    if (value === null) return;
    path += path ? `H${x(i).toFixed(1)}V${y(value).toFixed(1)}` : `M${x(i).toFixed(1)} ${y(value).toFixed(1)}`;
  });
  if (values.length === 1) path = `M2 ${y(known[0])}H98`;
  return (
    <svg class="spark" viewBox="0 0 100 22" role="img" aria-label={label} preserveAspectRatio="none">
      <path class="base" d={`M0 ${y(0)}H100`} /><path class="line" d={path} />
    </svg>
  );
}

export function Stat({ name, value, note, title }: { name: string; value: ComponentChildren; note?: ComponentChildren; title?: string }) {
  return <div class="stat" title={title}><dt>{name}</dt><dd>{value}{note ? <small>{note}</small> : null}</dd></div>;
}

export function Meter({ part, label }: { part: number; label: string }) {
  const width = Math.max(0, Math.min(1, part)) * 100;
  return (
    <svg class="meter" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label={label}>
      <rect class="track" width="100" height="6" /><rect class="fill" width={width} height="6" />
    </svg>
  );
}

export type Crumb = { text: string; to?: string };

export function Crumbs({ path, json }: { path: Crumb[]; json?: string[] }) {
  const address = json ? jsonAddress(json) : null;
  return (
    <nav class="crumbs" aria-label="You are here">
      <ol>
        {path.map((each) => <li key={each.text}>{each.to && !onlyTrial ? <a href={each.to}>{each.text}</a> : <span aria-current="page">{each.text}</span>}</li>)}
      </ol>
      {address ? <a class="json" href={address} title="This page's data as JSON">JSON</a> : null}
    </nav>
  );
}

export function Loading({ what }: { what: string }) {
  return <div class="notice loading" role="status"><span class="spinner" aria-hidden="true" />Loading {what}…</div>;
}

export function Problem({ text }: { text: string }) {
  return <div class="notice problem" role="alert"><strong>This cannot be shown.</strong><p>{text}</p></div>;
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return <div class="notice empty"><strong>{title}</strong>{children}</div>;
}

export function Segments<T extends string>({ label, options, value, set }: {
  label: string; value: T; set: (value: T) => void; options: { value: T; text: string; off?: string | false }[];
}) {
  return (
    <div class="segments" role="group" aria-label={label}>
      {options.map((each) => (
        <button key={each.value} type="button" aria-pressed={each.value === value} disabled={!!each.off} title={each.off || undefined}
          onClick={() => set(each.value)}>{each.text}</button>
      ))}
    </div>
  );
}

export function TrialLink({ run, trial, children, query }: { run: string; trial: string; children: ComponentChildren; query?: Record<string, string> }) {
  return <a href={link(["trial", run, trial], query)}>{children}</a>;
}

/** A dialog that asks for words; the browser keeps the focus inside. */
export function Ask({ title, help, label, button, required, done, close }: {
  title: string; help: string; label: string; button: string; required: boolean;
  done: (text: string) => Promise<string>; close: (told: string | null) => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const failed = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
    area.current?.focus();
  }, []);
  const submit = async (event: Event) => {
    event.preventDefault();
    try {
      close(await done(area.current?.value ?? ""));
    } catch (error) {
      if (failed.current) failed.current.textContent = (error as Error).message;
    }
  };
  return (
    <dialog ref={dialog} class="ask" aria-labelledby="ask-title" onCancel={(event) => { event.preventDefault(); close(null); }}>
      <form onSubmit={submit}>
        <h2 id="ask-title">{title}</h2>
        <p>{help}</p>
        <label>{label}<textarea ref={area} rows={4} maxLength={2000} required={required} /></label>
        <p class="failed" role="alert" ref={failed} />
        <div class="buttons">
          <button type="button" onClick={() => close(null)}>Cancel</button>
          <button type="submit" class="main">{button}</button>
        </div>
      </form>
    </dialog>
  );
}
