/** All tasks: of the suite, and of the runs that are here. */

import { Crumbs, Empty, Loading, Problem } from "../parts/small";
import { useDoc } from "../data";
import { figure, score, times, words } from "../format";
import { link } from "../router";

interface TaskGlance { task: string; axis: string | null; unit: string | null; baseline: number | null; reference: number | null; trials: number; best: number | null }

export function Tasks() {
  const found = useDoc<{ tasks: TaskGlance[] }>(["tasks"]);
  if (found.error) return <Problem text={found.error} />;
  if (!found.doc) return <Loading what="the tasks" />;
  return (
    <>
      <Crumbs path={[{ text: "Runs", to: link([]) }, { text: "Tasks" }]} json={["tasks"]} />
      <div class="title"><h1>Tasks</h1></div>
      {found.doc.tasks.length === 0 ? <Empty title="No task is here." /> : (
        <section class="card"><div class="scroll" tabIndex={0} role="region" aria-label="Tasks"><table class="plain">
          <thead><tr><th>task</th><th>axis</th><th>metric</th><th class="right">baseline</th><th class="right">reference</th><th class="right">gain</th><th class="right">trials here</th><th class="right">best score</th></tr></thead>
          <tbody>{found.doc.tasks.map((each) => (
            <tr key={each.task}><td><a href={link(["task", each.task])}>{words(each.task)}</a></td><td>{each.axis ?? "–"}</td><td>{each.unit ?? "–"}</td><td class="right">{figure(each.baseline)}</td><td class="right">{figure(each.reference)}</td>
              <td class="right">{each.baseline && each.reference ? times(Math.max(each.baseline / each.reference, each.reference / each.baseline)) : "–"}</td><td class="right">{figure(each.trials)}</td><td class="right"><b>{score(each.best)}</b></td></tr>
          ))}</tbody>
        </table></div></section>
      )}
    </>
  );
}
