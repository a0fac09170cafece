import type { Queries } from "@/agents/application";
import { UserError } from "@/agents/application";
import { isEnded, TASK_STATUSES, type TaskStatus } from "@/core/log/terms";
import type { Tree } from "@/core/shapes/shapes";
import type { Template, TreeCounts, TreeFilter } from "@/core/shapes/trees";
import type { FakeOperations } from "./fake-operator";
import type { FakeStore } from "./fake-store";

/** Lists of trees and templates in memory. */
export function fakeTrees(store: FakeStore) {
  const templates = new Map<string, Template>();
  const seen = new Set<string>();

  function matches(tree: Tree, { search, status, agent, person, unseenBy }: TreeFilter): boolean {
    return (
      (!search || tree.title.toLowerCase().includes(search.toLowerCase())) &&
      (!status || isOf(tree.status, status)) &&
      (!agent || tree.tasks.some((task) => task.agent === agent)) &&
      (!person || tree.created_by === person) &&
      (!unseenBy || (tree.status === "failed" && !seen.has(tree.id)))
    );
  }
  const queries: Pick<Queries, "listTrees" | "countTrees" | "listFailedTasks" | "listSubmitters" | "listTemplates"> = {
    async listTrees({ after, limit = 50, sort = "newest", ...filter } = {}) {
      const all = [...store.trees.values()].filter((tree) => matches(tree, filter));
      if (sort !== "oldest") all.reverse();
      const start = after ? all.findIndex((tree) => tree.id === after) + 1 : 0;
      const items = all.slice(start, start + limit).map((tree) => ({ ...tree, tasks: [] }));
      return { items, next: start + limit < all.length ? items[items.length - 1]!.id : null };
    },
    async countTrees(filter = {}) {
      const counts = Object.fromEntries(TASK_STATUSES.map((status) => [status, 0])) as TreeCounts;
      for (const tree of store.trees.values()) if (matches(tree, filter)) counts[tree.status] += 1;
      return counts;
    },
    listFailedTasks: async () => {
      const items = [...store.trees.values()]
        .filter((tree) => !isEnded(tree.status))
        .flatMap((tree) => {
          const parents = new Map(tree.tasks.map((task) => [task.id, task]));
          const failed = tree.tasks.filter(
            (task) => task.status === "failed" && parents.get(task.parent_id ?? "")?.status === "waiting",
          );
          return failed.map((task) => ({ task, tree: { id: tree.id, title: tree.title } }));
        });
      return { items, next: null };
    },
    listSubmitters: async () => [...new Set([...store.trees.values()].map((tree) => tree.created_by))],
    listTemplates: async () => [...templates.values()],
  };
  const operations: Required<Pick<FakeOperations, "markSeen" | "saveTemplate" | "removeTemplate">> = {
    async markSeen({ id }) {
      seen.add(store.findTree(id).id);
      return { sentence: "Removed from “Needs you”." };
    },
    async saveTemplate({ name, submission, replaces }, actor) {
      if (replaces) templates.delete(replaces);
      if (templates.has(name)) throw new UserError("conflict", `The template “${name}” already exists.`);
      templates.set(name, { name, saved_by: actor.name, submission });
      return { sentence: `Template “${name}” saved.` };
    },
    async removeTemplate({ id: name }) {
      templates.delete(name);
      return { sentence: `Template “${name}” deleted.` };
    },
  };
  return { queries, operations };
}

function isOf(status: TaskStatus, wanted: NonNullable<TreeFilter["status"]>): boolean {
  if (wanted === "open") return !isEnded(status);
  if (wanted === "ended") return isEnded(status);
  return status === wanted;
}
