/** `fork`: starts a new tree from a message of another tree, and follows it to the end as `run` does. */
import type { ForkRequest } from "@/core/shapes/shapes";
import { turnText } from "@/core/words/forks";
import { type Context, type Flags, withActing } from "@/scripts/cli/context/context";
import { numberFlag, textFlag } from "@/scripts/cli/context/flags";
import { print, warn } from "@/scripts/cli/print/output";
import { short } from "@/scripts/cli/print/words";
import { type Arguments, taskOf } from "./act";
import { follow } from "./follow";
import { detach } from "./run";

export async function fork(context: Context, [id = ""]: Arguments, flags: Flags): Promise<number> {
  const request = requestOf(flags);
  return withActing(context, async (acting) => {
    const tree = await acting.application.commands.fork({ id: taskOf(acting.store, id), ...request });
    const from = tree.forked_from;
    const origin = from
      ? `Forked from tree ${short(from.tree_id)}, from ${turnText(from) ?? `message #${from.seq}`}.`
      : "";
    if (!context.json && !flags.detach) print(origin);
    if (flags.detach) return detach(context, acting, tree);
    const status = await follow(context, acting, tree.id);
    if (!context.json && from)
      warn(`Compare it with its origin: npx banyan compare ${short(from.tree_id)} ${short(tree.id)}`);
    return status;
  });
}

function requestOf(flags: Flags): ForkRequest {
  const at = typeof flags.at === "string" ? flags.at.replace(/^#/, "") : undefined;
  const given: ForkRequest = {
    at: numberFlag({ at }, "at", { whole: true, least: 1 }),
    instruction: textFlag(flags, "instruction"),
    agent: textFlag(flags, "agent"),
    model: textFlag(flags, "model"),
    message: textFlag(flags, "message"),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
