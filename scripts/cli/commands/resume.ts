/** `resume`: ends a pause or continues an interrupted tree, and follows it to the end. */
import { createIds } from "@/agents/queries/queries";
import { type Context, type Flags, withActing } from "@/scripts/cli/context/context";
import { print } from "@/scripts/cli/print/output";
import { follow } from "./follow";
import { detach } from "./run";

export async function resume(context: Context, [id = ""]: (string | undefined)[], flags: Flags): Promise<number> {
  return withActing(context, async (acting) => {
    const { store, queries, application } = acting;
    const found = createIds(store).treeOrTask(id);
    const treeId = found.kind === "tree" ? found.uid : store.queries.trees.findTask(found.uid).treeUid;
    const { sentence } = await application.commands.resume({ id: found.uid });
    const tree = await queries.getTree(treeId);
    if (!flags.detach) return follow(context, acting, treeId);
    if (!context.json) print(tree.ended_at ? "The tree has ended." : sentence);
    return detach(context, acting, tree);
  });
}
