/** Restores the files of a goal from a snapshot. */
import type { Answer } from "@/core/programs/conversation";
import type { Batch } from "@/core/programs/program";
import { TRIES } from "./answers";
import { cut } from "./record";

/** Returns why the files could not be restored; null when they were. */
export function* putBack(key: string, snapshot: string): Generator<Batch, string | null, Answer[]> {
  let fault = "";
  for (const again of TRIES) {
    const call = { key: key + again, name: "restore_files", input: { snapshot } };
    const [answer] = yield { says: "Puts files back.", calls: [call] };
    if (!answer?.isError) return null;
    fault = cut(answer.content, 600);
  }
  return fault;
}
