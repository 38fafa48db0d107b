import type { TrialDoc } from "../types";

export function Paired(_: { docs: TrialDoc[] }) {
  return null;
}
