/** The curve: every experiment as a point, the best so far as a line, and what is after the playhead under a veil. */

import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { money, score, seconds, tokens } from "../format";
import type { Mark, Noise, Series } from "./series";
import { type Kind, SHAPES } from "../verdicts";

export type Over = "elapsed" | "experiments" | "tokens" | "usd";

export const OVER: Record<Over, string> = { elapsed: "time", experiments: "experiments", tokens: "tokens", usd: "money" };

interface Props {
  series: Series; over: Over; shown: Set<Kind>; selected: number; playhead: number | null;
  marks: Mark[]; noise: Noise | null; select: (number: number) => void;
}

const HEIGHT = 340;

function axisText(over: Over, value: number): string {
  if (over === "elapsed") return seconds(value).replace(" min 00", " min");
  if (over === "usd") return money(value);
  return over === "tokens" ? tokens(value) : String(value);
}

/** Colours come from the style sheet, so that light and dark need no second list. */
function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export function Chart(props: Props) {
  const root = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const veil = useRef<HTMLDivElement | null>(null);
  const ring = useRef<HTMLDivElement | null>(null);
  const current = useRef(props);
  const [tip, setTip] = useState<{ n: number; x: number; y: number } | null>(null);
  const [theme, setTheme] = useState(0);
  current.current = props;

  const place = () => {
    const u = plot.current, { series, selected, playhead, over } = current.current;
    if (!u || !veil.current || !ring.current) return;
    const xs = series.x[over];
    const width = u.over.clientWidth;
    const at = playhead === null ? width : Math.max(0, Math.min(width, u.valToPos(playhead < 1 ? 0 : xs[playhead - 1], "x") + 1));
    veil.current.style.transform = `translateX(${at}px)`;
    veil.current.hidden = playhead === null;
    ring.current.hidden = selected < 1;
    if (selected >= 1) {
      const y = series.score[selected - 1] ?? series.lane;
      ring.current.style.transform = `translate(${u.valToPos(xs[selected - 1], "x")}px, ${u.valToPos(Math.max(series.low, y), "y")}px)`;
    }
  };

  useEffect(() => {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const changed = () => setTheme((count) => count + 1);
    dark.addEventListener("change", changed);
    addEventListener("autolab-theme", changed);
    return () => {
      dark.removeEventListener("change", changed);
      removeEventListener("autolab-theme", changed);
    };
  }, []);

  useEffect(() => {
    const box = root.current!;
    const grid = { stroke: colour("--grid"), width: 1 };
    const font = "12px system-ui, sans-serif";
    const options: uPlot.Options = {
      width: box.clientWidth, height: HEIGHT,
      padding: [12, 14, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: true, y: false, dist: 6 } },
      scales: { x: { time: false, range: (u, low, high) => xRange(u, low, high) }, y: { range: () => [current.current.series.floor, current.current.series.top] } },
      axes: [
        { stroke: colour("--muted"), font, grid: { show: false }, ticks: grid, space: 70, size: 32,
          values: (_, splits) => splits.map((value) => axisText(current.current.over, value)) },
        { stroke: colour("--muted"), font, grid, ticks: { show: false }, size: 46, gap: 6,
          filter: (_, splits) => splits.map((value) => (value < current.current.series.low ? null : value)) as number[],
          values: (_, splits) => splits.map((value) => (value === null ? "" : String(Number(value.toFixed(2))).replace("-", "−"))) },
      ],
      series: [
        {},
        { stroke: colour("--accent"), width: 2, paths: uPlot.paths.stepped!({ align: 1 }), points: { show: false }, spanGaps: true },
        { stroke: "transparent", paths: uPlot.paths.stepped!({ align: 1 }), points: { show: false } },
        { stroke: "transparent", paths: uPlot.paths.stepped!({ align: 1 }), points: { show: false } },
      ],
      bands: [{ series: [3, 2], fill: colour("--band") }],
      hooks: {
        drawClear: [(u) => drawBehind(u, current.current)],
        draw: [(u) => drawPoints(u, current.current)],
        setSize: [place], setScale: [place],
        ready: [(u) => {
          veil.current = Object.assign(document.createElement("div"), { className: "veil", hidden: true });
          ring.current = Object.assign(document.createElement("div"), { className: "ring", hidden: true });
          u.over.append(veil.current, ring.current);
          u.over.addEventListener("mousemove", (event) => {
            const n = nearest(u, current.current, event.offsetX, event.offsetY);
            setTip(n ? { n, x: event.offsetX + u.over.offsetLeft, y: event.offsetY } : null);
          });
          u.over.addEventListener("mouseleave", () => setTip(null));
          u.over.addEventListener("click", (event) => {
            const n = nearest(u, current.current, event.offsetX, event.offsetY);
            if (n) current.current.select(n);
          });
        }],
      },
    };
    plot.current = new uPlot(options, data(current.current), box);
    place();
    const watch = new ResizeObserver(() => {
      if (box.clientWidth > 0) plot.current?.setSize({ width: box.clientWidth, height: HEIGHT });
    });
    watch.observe(box);
    return () => { watch.disconnect(); plot.current?.destroy(); plot.current = null; };
  }, [theme]);

  useEffect(() => { plot.current?.setData(data(props)); place(); }, [props.series, props.over, props.noise]);
  useEffect(() => { plot.current?.redraw(false); }, [props.shown, props.marks]);
  useEffect(place, [props.selected, props.playhead]);

  const { series } = props;
  return (
    <div class="chart">
      <div ref={root} class="plot" role="img" aria-label={`Best score so far over ${OVER[props.over]}: ${series.words}. The list below has every experiment.`} />
      {tip ? (
        <div class={`tip${tip.x > (root.current?.clientWidth ?? 0) / 2 ? " left" : ""}`} style={{ left: `${tip.x}px`, top: `${tip.y}px` }}>
          <b>#{tip.n}</b> {series.kind[tip.n - 1].replaceAll("_", " ")} · {score(series.score[tip.n - 1])}
          <div>{series.hypothesis[tip.n - 1]}</div>
        </div>
      ) : null}
    </div>
  );
}

function data({ series, over, noise }: Props): uPlot.AlignedData {
  const xs = series.x[over];
  const band = noise ? noise.inScore : null;
  const shifted = (by: number) => (band === null ? xs.map(() => null) : series.best.map((value) => (value === null ? null : value + by)));
  return [xs, series.best, shifted(band ?? 0), shifted(-(band ?? 0))] as uPlot.AlignedData;
}

function xRange(u: uPlot, low: number, high: number): [number, number] {
  if (!u.data[0].length) return [0, 1];
  const first = u.data[0][0], last = u.data[0][u.data[0].length - 1];
  return low <= first && high >= last ? [0, last > 0 ? last * 1.01 : 1] : [low, high];
}

function nearest(u: uPlot, { series, over, shown }: Props, left: number, top: number): number | null {
  const xs = series.x[over];
  const reach = 14;
  let best: number | null = null, least = reach * reach;
  const from = lowerBound(xs, u.posToVal(left - reach, "x")), to = lowerBound(xs, u.posToVal(left + reach, "x"));
  for (let i = from; i < Math.min(xs.length, to + 1); i++) {
    if (!shown.has(series.kind[i])) continue;
    const y = u.valToPos(Math.max(series.low, series.score[i] ?? series.lane), "y");
    const x = u.valToPos(xs[i], "x");
    const apart = (x - left) ** 2 + (y - top) ** 2;
    if (apart < least) { least = apart; best = i + 1; }
  }
  return best;
}

function lowerBound(xs: number[], value: number): number {
  let low = 0, high = xs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (xs[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Anchors, the strip of what has no score, and the analysis' stretches, behind everything else. */
function drawBehind(u: uPlot, { series, marks, over }: Props): void {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio;
  const xs = series.x[over];
  ctx.save();
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  for (const mark of marks) {
    const left = u.valToPos(xs[Math.max(0, mark.from - 1)] ?? 0, "x", true), right = u.valToPos(xs[Math.min(xs.length, mark.to) - 1] ?? 0, "x", true);
    ctx.fillStyle = colour(`--${mark.kind}`);
    if (mark.kind === "plateau") ctx.fillRect(left, bbox.top, Math.max(2 * ratio, right - left), bbox.height);
  }
  if (series.failed) {
    const y = u.valToPos(series.low, "y", true);
    ctx.fillStyle = colour("--strip");
    ctx.fillRect(bbox.left, y, bbox.width, bbox.top + bbox.height - y);
    ctx.fillStyle = colour("--muted");
    ctx.textBaseline = "bottom";
    ctx.textAlign = "right";
    ctx.fillText("no score", bbox.left + bbox.width - 6 * ratio, bbox.top + bbox.height - 3 * ratio);
  }
  for (const [value, name] of [[0, "baseline"], [1, "reference"]] as const) {
    if (value < series.low || value > series.top) continue;
    const y = Math.round(u.valToPos(value, "y", true));
    ctx.strokeStyle = colour("--anchor");
    ctx.lineWidth = ratio;
    ctx.setLineDash([5 * ratio, 4 * ratio]);
    ctx.beginPath(); ctx.moveTo(bbox.left, y); ctx.lineTo(bbox.left + bbox.width, y); ctx.stroke();
    ctx.fillStyle = colour("--muted");
    ctx.textBaseline = value === 1 ? "top" : "bottom";
    ctx.textAlign = "right";
    ctx.fillText(name, bbox.left + bbox.width - 6 * ratio, y + (value === 1 ? 3 : -3) * ratio);
  }
  ctx.restore();
}

/** One path a kind, so that ten thousand points cost ten fills. */
function drawPoints(u: uPlot, { series, over, shown, marks }: Props): void {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio;
  const xs = series.x[over];
  const many = xs.length > 1500;
  const radius = (many ? 1.9 : xs.length > 300 ? 2.8 : 3.6) * ratio;
  const paths = new Map<Kind, Path2D>();
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left - radius * 2, bbox.top, bbox.width + radius * 4, bbox.height);
  ctx.clip();
  const left = bbox.left - radius * 2, right = bbox.left + bbox.width + radius * 2;
  for (let i = 0; i < xs.length; i++) {
    const kind = series.kind[i];
    if (!shown.has(kind)) continue;
    const x = u.valToPos(xs[i], "x", true);
    if (x < left || x > right) continue;
    const y = u.valToPos(Math.max(series.low, series.score[i] ?? series.lane), "y", true);
    const path = paths.get(kind) ?? new Path2D();
    paths.set(kind, path);
    addShape(path, kind, x, y, kind === "best" ? radius * 1.25 : radius, many);
  }
  for (const [kind, path] of paths) {
    if (kind === "best") continue;
    paint(ctx, kind, path, ratio);
  }
  const best = paths.get("best");
  if (best) {
    ctx.lineWidth = 3 * ratio; ctx.strokeStyle = colour("--surface"); ctx.stroke(best);
    paint(ctx, "best", best, ratio);
  }
  ctx.textAlign = "center"; ctx.textBaseline = "top"; ctx.font = `${12 * ratio}px system-ui, sans-serif`;
  for (const mark of marks) {
    if (mark.kind === "plateau") continue;
    ctx.fillStyle = colour(`--${mark.kind}`);
    const sign = mark.kind === "setback" ? "▼" : mark.kind === "restructuring" ? "◆" : "·";
    ctx.fillText(sign, u.valToPos(xs[Math.max(0, mark.from - 1)] ?? 0, "x", true), bbox.top + 2 * ratio);
  }
  ctx.restore();
}

function paint(ctx: CanvasRenderingContext2D, kind: Kind, path: Path2D, ratio: number): void {
  const ink = colour(`--v-${kind}`);
  if (SHAPES[kind].stroked) {
    ctx.strokeStyle = ink;
    ctx.lineWidth = 1.6 * ratio;
    ctx.stroke(path);
  } else {
    ctx.fillStyle = ink;
    ctx.fill(path);
  }
}

function addShape(path: Path2D, kind: Kind, x: number, y: number, r: number, many: boolean): void {
  switch (kind) {
    case "ok":
      if (many) path.rect(x - r, y - r, r * 2, r * 2);
      else { path.moveTo(x + r, y); path.arc(x, y, r, 0, 7); }
      return;
    case "best": case "quarantined":
      path.moveTo(x, y - r * 1.3); path.lineTo(x + r * 1.3, y); path.lineTo(x, y + r * 1.3); path.lineTo(x - r * 1.3, y); path.closePath();
      return;
    case "build_failed":
      path.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8);
      return;
    case "timed_out":
      path.moveTo(x, y - r * 1.2); path.lineTo(x + r * 1.2, y + r); path.lineTo(x - r * 1.2, y + r); path.closePath();
      return;
    case "over_limit":
      path.moveTo(x, y + r * 1.2); path.lineTo(x + r * 1.2, y - r); path.lineTo(x - r * 1.2, y - r); path.closePath();
      return;
    case "invalid":
      path.moveTo(x - r, y); path.lineTo(x + r, y); path.moveTo(x, y - r); path.lineTo(x, y + r);
      return;
    case "lab_error":
      path.moveTo(x - r, y - r * 0.6); path.lineTo(x + r, y - r * 0.6); path.moveTo(x - r, y + r * 0.6); path.lineTo(x + r, y + r * 0.6);
      return;
    case "vetoed":
      path.moveTo(x + r, y); path.arc(x, y, r, 0, 7); path.moveTo(x - r, y + r); path.lineTo(x + r, y - r);
      return;
    default:
      path.moveTo(x - r, y - r); path.lineTo(x + r, y + r); path.moveTo(x - r, y + r); path.lineTo(x + r, y - r);
  }
}
