/** Figures and times as people read them. A figure that is not known is a dash, never 0. */

import type { Figure } from "./types";

export const DASH = "–";

export function figure(value: Figure | undefined, digits = 3): string {
  if (value === null || value === undefined) return DASH;
  if (Number.isInteger(value) || Math.abs(value) >= 10 ** digits) return Math.round(value).toLocaleString("en-GB");
  return String(Number(value.toPrecision(digits)));
}

export function score(value: Figure | undefined): string {
  return value === null || value === undefined ? DASH : value.toFixed(3).replace("-", "−");
}

/** 950 ms, 12.3 s, 4 min 05, 2 h 10. */
export function seconds(value: Figure | undefined): string {
  if (value === null || value === undefined) return DASH;
  if (value < 0.9995) return `${Math.round(value * 1000)} ms`;
  if (value < 99.95) return `${value.toFixed(1)} s`;
  if (value < 5_990) return `${Math.floor(value / 60)} min ${String(Math.floor(value % 60)).padStart(2, "0")}`;
  return `${Math.floor(value / 3600)} h ${String(Math.floor((value % 3600) / 60)).padStart(2, "0")}`;
}

export function money(value: Figure | undefined): string {
  if (value === null || value === undefined) return "not priced";
  return value === 0 ? "$0" : value < 0.01 ? `$${value.toPrecision(2)}` : `$${value.toFixed(2)}`;
}

export function tokens(value: Figure | undefined): string {
  if (value === null || value === undefined) return DASH;
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} M`;
  return value >= 1e4 ? `${Math.round(value / 1e3)} k` : value.toLocaleString("en-GB");
}

export function percent(value: number): string {
  return `${(value * 100).toFixed(value < 0.1 ? 1 : 0)} %`;
}

export function times(value: Figure | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return DASH;
  return `${value >= 100 ? Math.round(value) : value >= 10 ? value.toFixed(1) : value.toFixed(2)}×`;
}

export function when(text: string | null | undefined): string {
  if (!text) return DASH;
  return `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`;
}

export function words(name: string): string {
  return name.replaceAll("_", " ");
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en-GB")} ${count === 1 ? one : many}`;
}
