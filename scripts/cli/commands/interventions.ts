/** `interventions`: lists what the supervisor found and did. */
import { createIds } from "@/agents/queries/queries";
import { type Context, type Flags, withReadRuntime } from "@/scripts/cli/context/context";
import { print, printJson } from "@/scripts/cli/print/output";
import { oneLine, padTo } from "@/scripts/cli/print/text";
import { short } from "@/scripts/cli/print/words";
import type { Arguments } from "./act";
import { limitOf } from "./show";

/** Lists the interventions of a tree, of a task's tree, or of all trees. */
export async function interventions(context: Context, [id]: Arguments, flags: Flags): Promise<number> {
  const limit = limitOf(flags);
  return withReadRuntime(context, async ({ queries, store }) => {
    const found = id === undefined ? null : createIds(store).treeOrTask(id);
    const treeId = found?.kind === "task" ? store.queries.trees.findTask(found.uid).treeUid : found?.uid;
    const items = await queries.listInterventions({ limit, ...(treeId && { treeId }) });
    if (context.json) printJson({ items, next: null });
    else if (items.length === 0) print("No interventions yet.");
    else
      for (const { created_at, action, rule, tree_id, task_id, evidence } of items)
        print(
          `${created_at}  ${padTo(action, 7)}  tree ${short(tree_id)} task ${short(task_id)}  ${oneLine(rule)}: ${oneLine(evidence)}`,
        );
    return 0;
  });
}
