/** `answer`, `approve` and `reject`: what a person decides about one item, or about all that are equal to it. */
import type { Acting } from "@/agents/boot/acting";
import { actor, type Context, type Flags } from "@/scripts/cli/context/context";
import { textFlag } from "@/scripts/cli/context/flags";
import { readText } from "@/scripts/cli/context/task-text";
import { oneLine } from "@/scripts/cli/print/text";
import { short } from "@/scripts/cli/print/words";
import { type Arguments, act } from "./act";

export async function answer(context: Context, [id = "", given]: Arguments): Promise<number> {
  const text = await readText("answer", given);
  return act(context, ({ application }) => application.commands.answer(id, text, actor()), { needsWorker: true });
}

const decide =
  (decision: "approved" | "rejected") =>
  async (context: Context, [id = ""]: Arguments, flags: Flags): Promise<number> => {
    let letsGoOn = false;
    return act(
      context,
      async ({ application, queries }) => {
        letsGoOn = (await queries.getReview(id)).kind === "approval";
        const options = flags.alike === true ? { alike: true } : {};
        return application.commands.decide(id, decision, textFlag(flags, "reason") ?? "", actor(), options);
      },
      {
        needsWorker: () => letsGoOn,
        lines: async ({ decided }, acting) => (decided.length > 1 ? decidedLines(acting, decided) : []),
      },
    );
  };
export const approve = decide("approved");
export const reject = decide("rejected");

/** One line for each item that was decided at once. */
export async function decidedLines({ queries }: Pick<Acting, "queries">, decided: string[]): Promise<string[]> {
  const reviews = await Promise.all(decided.map((id) => queries.getReview(id)));
  return reviews.map(
    (review) =>
      `  ${short(review.id)}  ${review.kind}  tree ${short(review.tree_id)} task ${short(review.task_id)}  ${oneLine(review.title)}`,
  );
}
