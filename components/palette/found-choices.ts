/** What the server found, as groups of the palette. Pure. */
import { messageAddress } from "@/components/trees/message-address";
import type { IconName } from "@/components/ui/icon";
import { shownStatusOfTree } from "@/components/ui/status";
import type { Found, FoundEntry, FoundTree } from "@/core/shapes/search";
import type { Choice, ChoiceGroup } from "./choices";

const ENTRY_ICONS: Record<FoundEntry["kind"], IconName> = {
  agent: "agent",
  document: "doc",
  tool: "tool",
  runbook: "book",
};

/** Returns the groups that hold something. `hasWords`: the person searches; else the trees are those that were opened last, then those that changed last. */
export function foundGroups({ trees, opened, tasks, entries, texts }: Found, hasWords: boolean): ChoiceGroup[] {
  const known = new Set(hasWords ? [] : opened.map(({ id }) => id));
  const groups: ChoiceGroup[] = [
    { title: "Opened last", choices: hasWords ? [] : opened.map(treeChoice) },
    {
      title: hasWords ? "Trees" : "Changed last",
      choices: trees.filter(({ id }) => !known.has(id)).map(treeChoice),
    },
    {
      title: "Tasks",
      choices: tasks.map(
        (task): Choice => ({
          id: `task ${task.id}`,
          label: task.title,
          detail: task.tree,
          icon: "list",
          status: task.status,
          go: { to: `/trees/${task.tree_id}?task=${task.id}` },
        }),
      ),
    },
    {
      title: "Agents, documents, tools, runbooks",
      choices: entries.map(
        ({ kind, name, description }): Choice => ({
          id: `${kind} ${name}`,
          label: name,
          detail: description,
          icon: ENTRY_ICONS[kind],
          go: { to: `/${kind}s/${encodeURIComponent(name)}` },
        }),
      ),
    },
    {
      title: "In logs",
      choices: texts.map(
        ({ tree_id, task_id, task, seq, excerpt }): Choice => ({
          id: `text ${seq}`,
          label: excerpt,
          detail: task,
          icon: "comment",
          isQuote: true,
          go: { to: `/trees/${tree_id}${messageAddress(task_id, seq)}` },
        }),
      ),
    },
  ];
  return groups.filter((group) => group.choices.length > 0);
}

function treeChoice(tree: FoundTree): Choice {
  return {
    id: `tree ${tree.id}`,
    label: tree.title,
    icon: "tree",
    status: shownStatusOfTree(tree),
    go: { to: `/trees/${tree.id}` },
  };
}
