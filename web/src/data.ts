/** Where documents come from: a live server (JSON, events, acts), files beside a static page, or data within it. */

import { useEffect, useState } from "preact/hooks";

const meta = (name: string): string =>
  document.querySelector<HTMLMetaElement>(`meta[name="autolab-${name}"]`)?.content ?? "";

export const live = meta("live") === "yes";
const token = meta("token");

type Waiting = { resolve: (value: unknown) => void; reject: (error: Error) => void };
const waiting = new Map<string, Waiting>();
const known = new Map<string, Promise<unknown>>();

declare global {
  interface Window { autolabData?: (key: string, value: unknown) => void }
}

/** Data files of a static site call this: scripts load from file://, where fetch may not. */
window.autolabData = (key, value) => {
  waiting.get(key)?.resolve(value);
  waiting.delete(key);
};

const inlined: Record<string, unknown> | null = (() => {
  const text = document.getElementById("autolab-data")?.textContent;
  return text ? JSON.parse(text) : null;
})();

/** The one trial that a single-file page is about. */
export const onlyTrial: string[] | null = inlined ? (Object.keys(inlined)[0]?.split("/").slice(0, 3) ?? null) : null;

export function path(key: string[]): string {
  const once = key.map(encodeURIComponent);
  return `data/${(live ? once : once.map(encodeURIComponent)).join("/")}`;
}

/** The address of a document as JSON, for people and programs. */
export function jsonAddress(key: string[]): string | null {
  return inlined ? null : `${path(key)}.json`;
}

/** A document. `fresh`: not the one that was loaded before. Errors have one line for people. */
export function load<T>(key: string[], fresh = false): Promise<T> {
  const name = key.join("/");
  const before = known.get(name);
  if (before && !fresh) return before as Promise<T>;
  const found = (inlined ? fromPage(name) : live ? fromServer(key) : fromFile(key, name)) as Promise<T>;
  known.set(name, found);
  found.catch(() => known.delete(name));
  if (known.size > 300) known.delete(known.keys().next().value as string);
  return found;
}

async function fromPage(name: string): Promise<unknown> {
  if (inlined && name in inlined) return inlined[name];
  throw new Error("This file holds one trial without this part; the whole run is on a page made by autolab publish.");
}

async function fromServer(key: string[]): Promise<unknown> {
  let answer: Response;
  try {
    answer = await fetch(`${path(key)}.json`);
  } catch {
    throw new Error("The server does not answer. Is autolab view still running?");
  }
  const value = await answer.json().catch(() => ({ problem: `The server answered ${answer.status}.` }));
  if (!answer.ok) throw new Error(value.problem);
  return value;
}

function fromFile(key: string[], name: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    waiting.set(name, { resolve, reject });
    script.src = `${path(key)}.js`;
    script.onload = () => script.remove();
    script.onerror = () => {
      script.remove();
      waiting.delete(name);
      reject(new Error(`This site has no ${name}.`));
    };
    document.head.append(script);
  });
}

export type Loaded<T> = { doc: T | null; error: string | null };

/** A document as a component sees it, loaded anew when the key changes. */
export function useDoc<T>(key: string[] | null): Loaded<T> {
  const name = key?.join("/") ?? "";
  const [found, set] = useState<Loaded<T> & { name: string }>({ name: "", doc: null, error: null });
  useEffect(() => {
    if (!key) return;
    let current = true;
    load<T>(key).then(
      (doc) => current && set({ name, doc, error: null }),
      (error: Error) => current && set({ name, doc: null, error: error.message }),
    );
    return () => { current = false; };
  }, [name]);
  return found.name === name ? found : { doc: null, error: null };
}

/** Follows a live server's events; does nothing on a static page. The connection mends itself. */
export function follow<T>(query: () => string, told: (value: T) => void, state?: (up: boolean) => void): () => void {
  if (!live) return () => {};
  let source: EventSource | null = null;
  let timer = 0;
  let ended = false;
  const open = () => {
    source = new EventSource(`events?${query()}`);
    source.onopen = () => state?.(true);
    source.onmessage = (event) => told(JSON.parse(event.data));
    source.onerror = () => {
      state?.(false);
      source?.close();
      if (!ended) timer = window.setTimeout(open, 1500);
    };
  };
  open();
  return () => {
    ended = true;
    window.clearTimeout(timer);
    source?.close();
  };
}

/** A person's act; gives what became of it, in words. */
export async function act(what: string, said: Record<string, unknown>): Promise<string> {
  const answer = await fetch(`act/${what}`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-autolab-token": token },
    body: JSON.stringify(said),
  });
  const value = await answer.json();
  if (!answer.ok) throw new Error(value.problem);
  return value.told;
}
