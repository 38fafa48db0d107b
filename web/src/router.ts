/** Permalinks: everything that a page shows is in the address after #, so that a link shows the same. */

import { useEffect, useState } from "preact/hooks";

export interface Place { parts: string[]; query: URLSearchParams }

export function here(): Place {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  return { parts: (path ?? "").split("/").filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(query ?? "") };
}

export function link(parts: string[], query: Record<string, string> = {}): string {
  const words = new URLSearchParams(query).toString();
  return `#/${parts.map(encodeURIComponent).join("/")}${words ? `?${words}` : ""}`;
}

/** Changes what the address says beside the page, without a step in the browser's history. */
export function replaceQuery(change: Record<string, string | null>): void {
  const { parts, query } = here();
  for (const [name, value] of Object.entries(change)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  const words = query.toString();
  history.replaceState(null, "", `#/${parts.map(encodeURIComponent).join("/")}${words ? `?${words}` : ""}`);
}

export function usePlace(): Place {
  const [place, set] = useState(here);
  useEffect(() => {
    const changed = () => set(here());
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return place;
}
