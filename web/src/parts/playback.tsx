/** The playhead: a slider over the experiments, play and pause, and how fast. */

import { useEffect, useRef, useState } from "preact/hooks";
import { Segments } from "./small";

const SPEEDS = ["1", "4", "16", "max"] as const;
type Speed = (typeof SPEEDS)[number];

/** Experiments a second; max: the whole trial in ten seconds, at least 16 a second. */
function rate(speed: Speed, count: number): number {
  return speed === "max" ? Math.max(16, count / 10) : 2 * Number(speed);
}

export function Playback({ count, at, playing, setPlaying, set, end }: {
  count: number; at: number | null; playing: boolean; setPlaying: (playing: boolean) => void; set: (number: number) => void; end: () => void;
}) {
  const [speed, setSpeed] = useState<Speed>("4");
  const place = useRef(at ?? 0);
  place.current = at === null ? place.current : Math.floor(place.current) === at ? place.current : at;
  useEffect(() => {
    if (!playing) return;
    let frame = 0, last = performance.now();
    if (at === null || at >= count) place.current = 0;
    const step = (now: number) => {
      const before = Math.floor(place.current);
      place.current = Math.min(count, place.current + ((now - last) / 1000) * rate(speed, count));
      last = now;
      if (Math.floor(place.current) !== before) set(Math.floor(place.current));
      if (place.current >= count) setPlaying(false);
      else frame = requestAnimationFrame(step);
    };
    frame = requestAnimationFrame(step);
    return () => cancelAnimationFrame(frame);
  }, [playing, speed, count]);
  return (
    <div class="playback">
      <button type="button" class="play" aria-label={playing ? "Pause" : "Play"} title={`${playing ? "Pause" : "Play"} (space)`} disabled={count === 0} onClick={() => setPlaying(!playing)}>
        <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d={playing ? "M4 2.5h3v11H4zM9 2.5h3v11H9z" : "M4 2.2v11.6L13.5 8z"} /></svg>
      </button>
      <input type="range" id="playhead" min={count ? 1 : 0} max={count} step={1} value={at ?? count} disabled={count === 0} aria-label="Playhead: experiments shown"
        aria-valuetext={`experiment ${at ?? count} of ${count}`} onInput={(event) => { setPlaying(false); set(Number(event.currentTarget.value)); }} />
      <output for="playhead">{at ?? count} / {count}</output>
      <Segments label="Speed" value={speed} set={setSpeed} options={SPEEDS.map((each) => ({ value: each, text: each === "max" ? "max" : `${each}×` }))} />
      <button type="button" disabled={at === null} onClick={end}>Show all</button>
    </div>
  );
}
