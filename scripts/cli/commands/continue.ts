/** `continue`: continues an ended task with a message, and follows it to the end as `run` does. */
import { type Context, type Flags, withActing } from "@/scripts/cli/context/context";
import { readText } from "@/scripts/cli/context/task-text";
import { print } from "@/scripts/cli/print/output";
import { type Arguments, goesOnWith, taskOf } from "./act";
import { follow } from "./follow";
import { detach } from "./run";

export async function continueTask(context: Context, [id = "", given]: Arguments, flags: Flags): Promise<number> {
  const words = await readText("message", given);
  return withActing(context, async (acting) => {
    const { application, store, queries } = acting;
    const done = await application.commands.continueTask({ id: taskOf(store, id), text: words, ...goesOnWith(flags) });
    if (!context.json) print(done.sentence);
    if (flags.detach) return detach(context, acting, await queries.getTree(done.tree_id));
    return follow(context, acting, done.tree_id);
  });
}
