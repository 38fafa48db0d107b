/** The page: which part of it the address asks for, and what stands around every part. */

import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { live, onlyTrial } from "./data";
import { Empty } from "./parts/small";
import { ComparePage } from "./pages/compare";
import { Contribute } from "./pages/contribute";
import { Home } from "./pages/home";
import { Leaderboard } from "./pages/leaderboard";
import { RunPage } from "./pages/run";
import { TaskPage } from "./pages/task";
import { Tasks } from "./pages/tasks";
import { TrialPage } from "./pages/trial";
import { type Place, link, usePlace } from "./router";
import "uplot/dist/uPlot.min.css";
import "./style.css";

const PAGES = [
  { to: [], text: "Runs", of: ["", "run", "trial"] },
  { to: ["leaderboard"], text: "Leaderboard", of: ["leaderboard"] },
  { to: ["compare"], text: "Compare", of: ["compare"] },
  { to: ["tasks"], text: "Tasks", of: ["tasks", "task"] },
  { to: ["contribute"], text: "Contribute", of: ["contribute"] },
];

function Page({ place }: { place: Place }) {
  const [kind = "", a = "", b = ""] = place.parts;
  if (kind === "" && place.parts.length === 0) return <Home />;
  if (kind === "run" && a) return <RunPage key={a} run={a} />;
  if (kind === "trial" && b) return <TrialPage key={`${a}/${b}`} run={a} trial={b} />;
  if (kind === "task" && a) return <TaskPage key={a} name={a} />;
  if (kind === "tasks") return <Tasks />;
  if (kind === "leaderboard") return <Leaderboard />;
  if (kind === "compare") return <ComparePage key={[...place.query.getAll("t"), ...place.query.getAll("a")].join()} />;
  if (kind === "contribute") return <Contribute />;
  return <Empty title="There is no such page."><p><a href={link([])}>All runs</a></p></Empty>;
}

const THEMES = ["auto", "light", "dark"] as const;

function Theme() {
  const [theme, setTheme] = useState<string>(() => read() ?? "auto");
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
    try { localStorage.setItem("autolab-theme", theme); } catch { /* a page from a file may have no storage */ }
    dispatchEvent(new Event("autolab-theme"));
  }, [theme]);
  const next = THEMES[(THEMES.indexOf(theme as (typeof THEMES)[number]) + 1) % 3];
  return <button type="button" class="theme" onClick={() => setTheme(next)} title={`Colours: ${theme}; next: ${next}`}>{theme === "auto" ? "◐" : theme === "light" ? "☀" : "☾"}<span class="hidden"> Colours: {theme}</span></button>;
}

function read(): string | null {
  try { return localStorage.getItem("autolab-theme"); } catch { return null; }
}

function App() {
  const place = usePlace();
  const kind = place.parts[0] ?? "";
  useEffect(() => {
    document.title = place.parts.length ? `${place.parts.join(" · ")} — AutoLab` : "AutoLab";
    window.scrollTo(0, 0);
  }, [place.parts.join("/")]);
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (event.key !== "/" || (event.target as HTMLElement).closest("input, textarea")) return;
      const search = document.querySelector<HTMLInputElement>("#search, .filters input[type=search]");
      if (search) { event.preventDefault(); search.focus(); }
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, []);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById("main")?.focus(); }}>To the content</a>
      <header class="top">
        <a class="brand" href={link([])}><svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true"><rect width="32" height="32" rx="7" /><path d="M6 24h5v-6h6v-5h5V8h4" /><circle cx="26" cy="8" r="2.6" /></svg>AutoLab</a>
        {onlyTrial ? null : <nav aria-label="Pages">{PAGES.map((page) => <a key={page.text} href={link(page.to)} aria-current={page.of.includes(kind) ? "page" : undefined}>{page.text}</a>)}</nav>}
        <span class="space" />
        {live ? null : <span class="muted published">published</span>}
        <Theme />
      </header>
      <main id="main" tabIndex={-1}><Page place={place} /></main>
    </>
  );
}

if (onlyTrial && !location.hash) location.replace(link(onlyTrial));
document.documentElement.dataset.theme = read() ?? "auto";
render(<App />, document.getElementById("app")!);
