/** Routes of trees, tasks and messages. */
import { forkFields } from "@/agents/commands/operations";
import type { GuardedApplication } from "@/agents/guard/guard";
import { submission } from "@/agents/guard/submission";
import { integer, MESSAGES, messagesOf, pageOf, required, seqIn, seqOf, TREES, treesOf } from "./query";
import { lists, makes, reads } from "./routes";

const MOST_INTERVENTIONS = 200;

export const treeRoutes = {
  "GET find": reads(
    (app, { query }) =>
      app.queries.find(query.get("words") ?? "", (query.get("opened") ?? "").split(",").filter(Boolean)),
    ...(["words", "opened"] as const),
  ),
  "GET trees": reads((app, { query }) => app.queries.listTrees(treesOf(query)), ...TREES),
  "GET goals": reads((app, { query }) => app.queries.listGoals(pageOf(query)), "after", "limit"),
  "GET failed-tasks": reads((app, { query }) => app.queries.listFailedTasks(pageOf(query)), "after", "limit"),
  "POST trees": makes("submitTree", submission, (app, { sent, once }) => app.commands.submitTree({ ...sent, once })),
  "GET trees/:id": reads(async (app, { id }) => ({
    ...(await app.queries.getTree(id, { tasks: "whole" })),
    goal: await app.queries.getGoal(id),
  })),
  "GET trees/:id/goal": reads(async (app, { id }) => ({ goal: await app.queries.getGoal(id) })),
  "GET trees/:id/messages": reads(
    async (app, { id, query }) => {
      const tree = await app.queries.getTree(id, { tasks: "none" });
      return app.queries.listMessages({ treeId: tree.id }, messagesOf(query));
    },
    ...MESSAGES,
  ),
  "GET trees/:id/search": reads(
    (app, { id, query }) => app.queries.searchTree(id, required(query, "q", "the words to search for"), pageOf(query)),
    ...(["q", "after", "limit"] as const),
  ),
  "GET trees/:id/timeline": reads(
    (app, { id, query }) => app.queries.getTimeline(id, query.get("after") ?? undefined),
    "after",
  ),
  "GET trees/:id/turns": lists((app, { id }) => app.queries.listTurns(id)),
  "GET trees/:id/forks": reads((app, { id, query }) => app.queries.listForks(id, pageOf(query)), "after", "limit"),
  "GET trees/:id/proofs": lists((app, { id }) => app.queries.listSharedProofs(id)),
  "GET trees/:id/compare": reads(
    (app, { id, query }) => app.queries.compareTrees(id, required(query, "with", "the id of the other tree")),
    "with",
  ),
  "GET trees/:id/verdict": reads(async (app, { id }) => ({ verdict: await app.queries.getPersonVerdict(id) })),
  "GET folders": reads((app, { query }) => app.queries.findFolders(query.get("typed") ?? "", app.actor), "typed"),
  "GET folder": reads(
    (app, { query }) => app.queries.getFolder(required(query, "path", "the folder's path"), app.actor),
    "path",
  ),
  "GET templates": lists((app) => app.queries.listTemplates()),
  "GET tasks/:id": reads((app, { id }) => app.queries.getTask(id)),
  "GET tasks/:id/messages": reads(
    async (app, { id, query }) => {
      const task = await app.queries.getTask(id);
      return app.queries.listMessages({ taskId: task.id }, messagesOf(query));
    },
    ...MESSAGES,
  ),
  "GET tasks/:id/log": reads((app, { id }) => app.queries.getLogFacts(id)),
  "GET tasks/:id/find": reads(
    (app, { id, query }) => app.queries.findInLog(id, required(query, "q", "the words to search for")),
    "q",
  ),
  "GET tasks/:id/interventions": lists((app, { id }) =>
    app.queries.listInterventions({ taskId: id, limit: MOST_INTERVENTIONS }),
  ),
  "GET tasks/:id/conversation": reads((app, { id }) => app.queries.getConversation(id)),
  "GET tasks/:id/files": reads(
    (app, { id, query }) =>
      app.queries.getTaskFiles(id, { afterSeq: seqIn(query, "after"), beforeSeq: seqIn(query, "before") }),
    "after",
    "before",
  ),
  "GET messages/:id": reads((app, { id }) => app.queries.getMessage(seqOf(id))),
  "GET messages/:id/output": reads((app, { id, query }) => {
    const from = query.get("from");
    return app.queries.getOutput(seqOf(id), from === null ? 0 : integer(from, "from", Number.MAX_SAFE_INTEGER, 0));
  }, "from"),
};

/** Routes for both trees and tasks. Under `/trees/:id`, a route for a single task is about the root task. */
export const unitRoutes = {
  "GET :unit/:id/proof": reads((app, { id }) => app.queries.getProof(id)),
  "GET :unit/:id/usage": reads((app, { id }) => app.queries.getModelUse(id)),
  "GET :unit/:id/next": reads(async (app, { id }) => app.queries.nextAction(await taskOf(app, id))),
  "GET :unit/:id/continuation": reads(async (app, { id }) => app.queries.getContinuation(await taskOf(app, id))),
  "GET :unit/:id/fork": reads((app, { id, query }) => app.queries.getForkStart(id, seqIn(query, "at")), "at"),
  "POST :unit/:id/fork": makes("fork", forkFields, (app, { id, sent, once }) =>
    app.commands.fork({ id, ...sent, once }),
  ),
};

async function taskOf(app: GuardedApplication, id: string): Promise<string> {
  try {
    return (await app.queries.getTree(id, { tasks: "none" })).root_task_id;
  } catch (error) {
    if (error instanceof Error && error.name === "UserError") return id;
    throw error;
  }
}
