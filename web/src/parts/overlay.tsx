/** Best-so-far lines of several trials on one axis, each with its own colour, dash and mark at its end. */

import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { money, score, seconds, tokens } from "../format";
import type { Figure } from "../types";
import type { Over } from "./chart";

export interface Track { key: string; name: string; x: number[]; best: Figure[]; place: number }

const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 5], [1, 2]];

export function Overlay({ tracks, over }: { tracks: Track[]; over: Over }) {
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = root.current!;
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const xs = [...new Set(tracks.flatMap((track) => track.x))].sort((a, b) => a - b);
    const columns = tracks.map((track) => {
      let i = 0, last: Figure = null;
      const end = track.x[track.x.length - 1] ?? 0;
      return xs.map((x) => {
        while (i < track.x.length && track.x[i] <= x) last = track.best[i++];
        return x > end ? null : last;
      });
    });
    const text = (value: number) => (over === "elapsed" ? seconds(value) : over === "usd" ? money(value) : over === "tokens" ? tokens(value) : String(value));
    const plot = new uPlot({
      width: box.clientWidth, height: 320, padding: [12, 16, 0, 0],
      legend: { show: false }, cursor: { y: false, drag: { x: true, y: false } },
      scales: { x: { time: false, range: (u, low, high) => (u.data[0].length && low <= u.data[0][0] ? [0, high || 1] : [low, high]) }, y: { range: (_, low, high) => [Math.min(0, low ?? 0) - 0.02, Math.max(0.1, high ?? 0) * 1.08] } },
      axes: [
        { stroke: colour("--muted"), font: "12px system-ui", grid: { show: false }, ticks: { stroke: colour("--grid") }, space: 70, values: (_, splits) => splits.map(text) },
        { stroke: colour("--muted"), font: "12px system-ui", grid: { stroke: colour("--grid"), width: 1 }, ticks: { show: false }, size: 46 },
      ],
      series: [{}, ...tracks.map((track) => ({
        label: track.name, stroke: colour(`--c${track.place}`), width: 2, dash: DASHES[track.place], spanGaps: false,
        paths: uPlot.paths.stepped!({ align: 1 }), points: { show: false },
      }))],
    }, [xs, ...columns] as uPlot.AlignedData, box);
    const watch = new ResizeObserver(() => box.clientWidth && plot.setSize({ width: box.clientWidth, height: 320 }));
    watch.observe(box);
    return () => { watch.disconnect(); plot.destroy(); };
  }, [tracks, over]);
  return (
    <div class="overlay">
      <div ref={root} class="plot" role="img" aria-label={tracks.map((track) => `${track.name} ends at ${score(track.best[track.best.length - 1])}`).join("; ")} />
      <ul class="legend">{tracks.map((track) => (
        <li key={track.key}><svg width="28" height="8" aria-hidden="true"><path class={`c${track.place}`} d="M0 4H28" stroke-dasharray={DASHES[track.place].join(" ")} /></svg>{track.name} <b>{score(track.best[track.best.length - 1])}</b></li>
      ))}</ul>
    </div>
  );
}
