/** How the agent took bad news: components first, the composite never without them. Definitions: docs/metrics.md. */

import { figure, percent, plural, score, times, words } from "../format";
import type { AnalysisDoc, Figure } from "../types";

const MEANING: Record<string, string> = {
  recovery: "how soon a new best follows a setback, over ten experiments", gain: "score gained after the first setback; 0.1 earns one half",
  restructuring: "plateaus that were answered with another structure", persistence: "budget used, unless it stopped on a plateau",
  novelty: "experiments on states that were not measured before", calibration: "how close its expectations came",
};

const ENDINGS: Record<string, string> = {
  exhausted: "used its budget up", converged: "stopped on a plateau", premature: "stopped with budget left, and on no plateau",
  crashed: "crashed", stopped: "was stopped by a person", unfinished: "goes on, or was interrupted",
};

export function ResilienceView({ analysis, select }: { analysis: AnalysisDoc; select: (n: number) => void }) {
  const { resilience, recovery, moves } = analysis;
  return (
    <div class="resilience">
      <p>The agent {ENDINGS[analysis.ending] ?? analysis.ending}. It met {plural(recovery.setbacks, "setback")} in {plural(recovery.episodes, "episode")}{recovery.rate === null ? "" : `, and came to a new best within ten experiments after ${percent(recovery.rate)} of them`}{recovery.gain_after === null ? "" : `; after the first it gained ${score(recovery.gain_after)} of score`}.</p>
      <div>
        <h3>Components</h3>
        <dl class="bars">{Object.entries(resilience.components).map(([name, value]) => (
          <div key={name}><dt title={MEANING[name]}>{name}<small class="under">{MEANING[name]}</small></dt><dd><Bar value={value} /><span>{value === null ? "no data" : value.toFixed(2)}</span></dd></div>
        ))}
          <div><dt><strong>composite</strong><small class="under">mean of the known ones</small></dt><dd><Bar value={resilience.composite} /><span>{resilience.composite === null ? "no setback" : resilience.composite.toFixed(2)}</span></dd></div>
        </dl>
      </div>
      <p>{moves ? `Of ${plural(moves.plateaus, "plateau")} it answered ${moves.answered === null ? "none" : percent(moves.answered)} by restructuring. ${moves.restructure_payoff === null ? "No restructuring was tried on a plateau" : `${percent(moves.restructure_payoff)} of its restructurings there paid within five experiments`}; ${moves.refine_payoff === null ? "no refinement was" : `${percent(moves.refine_payoff)} of its refinements did`}.` : analysis.structure ? "" : "Its states are too many, or not here: nothing is said of refining and restructuring."}</p>
      {analysis.duplicates.length ? <p>{plural(analysis.duplicates.length, "experiment")} measured a state again that was known.</p> : null}
      {analysis.forecasts.length ? (
        <div><h3>Expected against measured</h3>
          <table class="plain"><thead><tr><th>experiment</th><th class="right">expected</th><th class="right">measured</th><th>judgement</th><th class="right">error</th></tr></thead>
            <tbody>{analysis.forecasts.slice(0, 200).map((each) => <tr key={each.number}><td><button type="button" class="inline" onClick={() => select(each.number)}>#{each.number}</button></td><td class="right">{times(each.expected)}</td><td class="right">{each.measured === null ? "failed" : times(each.measured)}</td><td>{words(each.judgement)}</td><td class="right">{figure(each.error, 2)}</td></tr>)}</tbody></table>
        </div>
      ) : null}
    </div>
  );
}

function Bar({ value }: { value: Figure }) {
  return <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect width={(value ?? 0) * 100} height="6" /></svg>;
}
