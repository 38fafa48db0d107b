/** The difference between two named states of one trial. */

import { Files } from "./diffview";
import { Loading, Problem } from "./small";
import { useDoc } from "../data";
import type { FilesDoc } from "../types";

export function DiffBetween({ base, from, to }: { base: string[]; from: string; to: string }) {
  const then = useDoc<FilesDoc>([...base, "files", from]), now = useDoc<FilesDoc>([...base, "files", to]);
  const problem = then.error ?? now.error;
  if (problem) return <Problem text={problem} />;
  return then.doc && now.doc ? <div class="diff"><Files then={then.doc.files} now={now.doc.files} /></div> : <Loading what="the program" />;
}
