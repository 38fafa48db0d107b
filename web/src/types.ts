/** The documents that the server and a static site give; src/autolab/web builds them. What is not known is null. */

export type Verdict =
  | "ok" | "wrong_output" | "build_failed" | "timed_out" | "over_limit" | "invalid" | "quarantined" | "lab_error";

export type Figure = number | null;

export interface Budget { [name: string]: Figure }

export interface Anchors { baseline: number; reference: number }

export interface Row {
  partial?: boolean;
  run: string; trial: string; folder: string; task: string; agent: string; attempt: number | null;
  state: string; over: boolean; working?: boolean; stop?: boolean; problem?: string | null;
  score?: Figure; reward: Figure; verdict?: Verdict | null; reason?: string | null; metric?: Figure; unit?: string | null;
  anchors?: Anchors | null; best_development_score?: Figure; best_metric?: Figure; best_unit?: string | null;
  experiments: Figure; seconds: Figure; budget: Budget | null; task_digest?: string | null;
  begun: string; updated?: string; spark?: Figure[]; spent?: Budget; calls?: number; model?: string | null; feedback?: string | null;
  flags?: string[]; low_precision?: boolean; vetoes?: number; machine?: string | null; fingerprint?: string | null;
}

export interface RunGlance {
  run: string; folder: string; working: boolean; planned: number | null; begun: number; over: number;
  tasks: string[]; agents: string[]; mean_reward: Figure; first: string | null;
}

export interface IndexDoc { autolab: string; runs: RunGlance[] }

export interface RunDoc {
  run: string; folder: string; holder: string | null;
  planned: { trials: number | null; jobs: number | null; wall_s: number | null };
  trials: Row[];
}

export interface Columns {
  verdict: Verdict[]; score: Figure[]; metric: Figure[]; elapsed: number[]; seconds: number[]; before: number[];
  tokens: Figure[]; usd: Figure[]; expected: Figure[]; parent: (number | null)[]; hypothesis: string[]; flags: number[];
  low?: Figure[]; high?: Figure[]; parents?: number[][]; operator?: string[]; place?: string[];
}

export interface TrialEvent {
  time: string; at: number; after: number; type: string;
  author?: string; text?: string; reason?: string; experiment?: number; detail?: string; choice?: string; reward?: number;
}

export interface Mark { kind: "setback" | "plateau" | "restructuring"; from: number; to: number; escaped?: boolean; distance?: number }

export interface TrialDoc {
  row: Row; since: number; columns: Columns; vetoed: number[]; best: number | null; submitted: number | null;
  graded: { experiment: number | null; choice: string; reward: number; measurement: Measurement } | null;
  noise: { floor: number; spread: number; low_precision: boolean } | null;
  provenance: Provenance | null; seed: number | null; events: TrialEvent[]; steps: number;
}

export interface AnalysisDoc {
  experiments: number; structure: boolean; marks: Mark[]; ending: string;
  resilience: { composite: Figure; components: Record<string, Figure> };
  recovery: { setbacks: number; episodes: number; rate: Figure; speed: Figure; median: Figure; gain_after: Figure };
  moves: { plateaus: number; answered: Figure; rate: Figure; restructure_payoff: Figure; refine_payoff: Figure } | null;
  forecasts: { number: number; expected: number; measured: Figure; judgement: string; error: number }[];
  duplicates: number[];
  time: { seconds: Record<string, number>; elapsed: number; bottleneck: string | null; shifts: { experiment: number; part: string | null }[]; more: Record<string, Figure> };
}

export interface Provenance {
  task: string; task_digest: string; autolab: string; fingerprint: string;
  machine: Record<string, string>; toolchain: Record<string, string>; sandbox: Record<string, unknown>;
}

export interface Measurement {
  verdict: Verdict; reason: string | null; limit: string | null; metric: Figure; unit: string; score: Figure;
  counted: Figure; confirmed: boolean; anchors: Anchors | null;
  paired: { speedup: number; low: number; high: number; clock: string; pairs: unknown[] } | null;
  samples: { family: string; size: string; seed: number; value: Figure; wall_s: number; cpu_s: number }[];
  profile: { function: string; file: string; cost: number; share: number }[];
  dropped: { path: string; reason: string }[]; flags: string[]; build_output: string; run_output: string;
  seeds: number[]; phases: Record<string, number>;
}

export interface ExperimentDoc {
  number: number; commit: string; tree: string; parent: string | null; hypothesis: string; expected: Figure;
  seconds_before: number; seconds: number; elapsed: number; best: boolean; cpu_s: Figure; spent: Budget;
  origin: { parents: number[]; operator: string; place: string } | null; measurement: Measurement;
}

export interface FilesDoc { which: string; files: Record<string, string> }

export interface Step {
  seq: number; time: string; at: number; after: number; type: string;
  number?: number; hypothesis?: string; verdict?: Verdict; score?: Figure; seconds?: number;
  argv?: string[]; exit_code?: number | null; output?: string; cpu_s?: Figure;
  model?: string; via?: string; status?: string; error?: string; text?: string; reasoning?: string;
  tool_calls?: { name: string; arguments: Record<string, unknown> }[];
  input_tokens?: Figure; output_tokens?: Figure; usd?: Figure; exchange?: string;
  author?: string; reason?: string; experiment?: number; detail?: string; choice?: string; reward?: number; agent?: string;
}

export interface StepsDoc { part: number; steps: Step[] }

export interface TaskDoc {
  task: string; problem: string | null; trials: Row[];
  about: null | {
    name: string; digest: string; instruction: string; unit: string; description: string; wall_s: number;
    environment: Record<string, unknown>; measured: Anchors | null; metadata: Record<string, unknown>;
    attacks: { name: string; verdict: string; why: string }[];
    optimization: {
      axis: string; metric: string; direction: string; scale: string; editable: string[]; requires: string[];
      instrument: { kind: string; event: string; confirm: number }; cases: { families: string[]; grade_seeds: number } | null;
      baseline: { score: number; method: string }; reference: { score: number; method: string };
      floor: { score: number; reason: string } | null;
    };
  };
}
