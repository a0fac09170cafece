/** `answer`, `approve` and `reject`: decide one review item, or all items that are identical to it. */
import type { ActingApplication, Context, Flags } from "@/scripts/cli/context/context";
import { textFlag } from "@/scripts/cli/context/flags";
import { readText } from "@/scripts/cli/context/task-text";
import { oneLine } from "@/scripts/cli/print/text";
import { short } from "@/scripts/cli/print/words";
import { type Arguments, act } from "./act";

export async function answer(context: Context, [id = "", given]: Arguments): Promise<number> {
  const text = await readText("answer", given);
  return act(context, ({ application }) => application.commands.answer({ id, text }), { needsWorker: true });
}

const decide =
  (decision: "approved" | "rejected") =>
  async (context: Context, [id = ""]: Arguments, flags: Flags): Promise<number> => {
    let isAwaited = false;
    return act(
      context,
      async ({ application, queries }) => {
        isAwaited = (await queries.getReview(id)).waiting_tasks > 0;
        const options = flags.alike === true ? { alike: true } : {};
        return application.commands.decide({ id, decision, reason: textFlag(flags, "reason") ?? "", ...options });
      },
      {
        needsWorker: () => isAwaited,
        lines: async ({ decided }, acting) => (decided.length > 1 ? decidedLines(acting, decided) : []),
      },
    );
  };
export const approve = decide("approved");
export const reject = decide("rejected");

/** Returns one line for each decided item. */
export async function decidedLines(
  { queries }: Pick<ActingApplication, "queries">,
  decided: string[],
): Promise<string[]> {
  const reviews = await Promise.all(decided.map((id) => queries.getReview(id)));
  return reviews.map(
    (review) =>
      `  ${short(review.id)}  ${review.kind}  tree ${short(review.tree_id)} task ${short(review.task_id)}  ${oneLine(review.act)}`,
  );
}
