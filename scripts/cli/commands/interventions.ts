/** `interventions`: lists what the supervisor found and did. */
import { createIds } from "@/agents/queries/queries";
import { pageAt } from "@/core/page";
import { type Context, type Flags, withReadRuntime } from "@/scripts/cli/context/context";
import { positionIn } from "@/scripts/cli/context/flags";
import { print, printJson, warn } from "@/scripts/cli/print/output";
import { oneLine, padTo } from "@/scripts/cli/print/text";
import { short } from "@/scripts/cli/print/words";
import type { Arguments } from "./act";
import { limitOf } from "./show";

/** Lists the interventions of a tree, of a task's tree, or of all trees. */
export async function interventions(context: Context, [id]: Arguments, flags: Flags): Promise<number> {
  const [limit, skip] = [limitOf(flags), positionIn(flags)];
  return withReadRuntime(context, async ({ queries, store }) => {
    const found = id === undefined ? null : createIds(store).treeOrTask(id);
    const treeId = found?.kind === "task" ? store.queries.trees.findTask(found.uid).treeUid : found?.uid;
    const read = await queries.listInterventions({ skip, limit: limit + 1, ...(treeId && { treeId }) });
    const page = pageAt(read, skip, limit);
    if (context.json) printJson(page);
    else if (page.items.length === 0) print(skip > 0 ? "There are no more interventions." : "No interventions yet.");
    else
      for (const { created_at, action, rule, tree_id, task_id, evidence } of page.items)
        print(
          `${created_at}  ${padTo(action, 7)}  tree ${short(tree_id)} task ${short(task_id)}  ${oneLine(rule)}: ${oneLine(evidence)}`,
        );
    if (page.next && !context.json) warn(`More interventions: add --after ${page.next}`);
    return 0;
  });
}
