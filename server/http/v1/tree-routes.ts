/** Routes of trees, tasks and messages. */
import type { GuardedApplication } from "@/agents/guard/guard";
import { submission, template } from "@/agents/guard/submission";
import { goalFields } from "@/core/goals/fields";
import { bodies, said } from "./bodies";
import { integer, MESSAGES, messagesOf, pageOf, required, seqOf, TREES, treesOf } from "./query";
import { does, lists, looks, makes } from "./routes";

const MOST_INTERVENTIONS = 200;

export const treeRoutes = {
  "GET find": looks(
    (app, { query }) =>
      app.queries.find(query.get("words") ?? "", (query.get("opened") ?? "").split(",").filter(Boolean)),
    ...(["words", "opened"] as const),
  ),
  "GET trees": looks((app, { query }) => app.queries.listTrees(treesOf(query)), ...TREES),
  "GET goals": looks((app, { query }) => app.queries.listGoals(pageOf(query)), "after", "limit"),
  "GET failed-tasks": lists((app) => app.queries.listFailedTasks()),
  "POST trees": makes("submitTree", submission, (app, { sent, once }) =>
    app.commands.submitTree(sent, app.actor, { once }),
  ),
  "GET trees/:id": looks(async (app, { id }) => ({
    ...(await app.queries.getTree(id, { tasks: "whole" })),
    goal: await app.queries.getGoal(id),
  })),
  "GET trees/:id/goal": looks(async (app, { id }) => ({ goal: await app.queries.getGoal(id) })),
  "DELETE trees/:id": does("deleteTree", null, (app, { id }) => app.commands.deleteTree(id, app.actor)),
  "POST trees/:id/goal": does("changeGoal", goalFields, (app, { id, sent }) =>
    app.commands.changeGoal(id, sent, app.actor),
  ),
  "GET trees/:id/messages": looks(
    async (app, { id, query }) => {
      const tree = await app.queries.getTree(id, { tasks: "none" });
      return app.queries.listMessages({ treeId: tree.id }, messagesOf(query));
    },
    ...MESSAGES,
  ),
  "GET trees/:id/search": lists(
    (app, { id, query }) => app.queries.searchTree(id, required(query, "q", "the words to search for")),
    "q",
  ),
  "GET trees/:id/timeline": looks(
    (app, { id, query }) => app.queries.getTimeline(id, query.get("after") ?? undefined),
    "after",
  ),
  "GET trees/:id/forks": lists((app, { id }) => app.queries.listForks(id)),
  "GET trees/:id/compare": looks(
    (app, { id, query }) => app.queries.compareTrees(id, required(query, "with", "the id of the other tree")),
    "with",
  ),
  "GET trees/:id/verdict": looks(async (app, { id }) => ({ verdict: await app.queries.getPersonVerdict(id) })),
  "POST trees/:id/verdict": does("judgeTree", bodies.verdict, (app, { id, sent: { outcome, reason = "" } }) =>
    app.commands.judgeTree(id, outcome, reason, app.actor),
  ),
  "POST trees/:id/seen": does("markSeen", null, (app, { id }) => app.commands.markSeen(id, app.actor)),
  "GET folders": looks((app, { query }) => app.queries.findFolders(query.get("typed") ?? "", app.actor), "typed"),
  "GET folder": looks(
    (app, { query }) => app.queries.getFolder(required(query, "path", "the folder's path"), app.actor),
    "path",
  ),
  "GET templates": lists((app) => app.queries.listTemplates()),
  "POST templates": makes("saveTemplate", template, (app, { sent }) => app.commands.saveTemplate(sent, app.actor)),
  "DELETE templates/:id": does("removeTemplate", null, (app, { id }) => app.commands.removeTemplate(id, app.actor)),
  "GET tasks/:id": looks((app, { id }) => app.queries.getTask(id)),
  "GET tasks/:id/messages": looks(
    async (app, { id, query }) => {
      const task = await app.queries.getTask(id);
      return app.queries.listMessages({ taskId: task.id }, messagesOf(query));
    },
    ...MESSAGES,
  ),
  "GET tasks/:id/log": looks((app, { id }) => app.queries.getLogFacts(id)),
  "GET tasks/:id/find": looks(
    (app, { id, query }) => app.queries.findInLog(id, required(query, "q", "the words to search for")),
    "q",
  ),
  "GET tasks/:id/interventions": lists((app, { id }) =>
    app.queries.listInterventions({ taskId: id, limit: MOST_INTERVENTIONS }),
  ),
  "GET tasks/:id/files": looks((app, { id }) => app.queries.getTaskFiles(id)),
  "GET messages/:id": looks((app, { id }) => app.queries.getMessage(seqOf(id))),
  "GET messages/:id/output": looks((app, { id, query }) => {
    const from = query.get("from");
    return app.queries.getOutput(seqOf(id), from === null ? 0 : integer(from, "from", Number.MAX_SAFE_INTEGER, 0));
  }, "from"),
};

/** Routes for both trees and tasks. Under `/trees/:id`, a route for a single task acts on the root task. */
export const unitRoutes = {
  "GET :unit/:id/usage": looks((app, { id }) => app.queries.getModelUse(id)),
  "GET :unit/:id/next": looks(async (app, { id }) => app.queries.nextAction(await taskOf(app, id))),
  "POST :unit/:id/pause": does("pause", bodies.pause, (app, { id, sent }) => app.commands.pause(id, app.actor, sent)),
  "POST :unit/:id/resume": does("resume", null, (app, { id }) => app.commands.resume(id, app.actor)),
  "POST :unit/:id/step": does("step", null, async (app, { id }) => app.commands.step(await taskOf(app, id), app.actor)),
  "POST :unit/:id/stop": does("stop", bodies.reason, (app, { id, sent: { reason = "" } }) =>
    app.commands.stop(id, reason, app.actor),
  ),
  "POST :unit/:id/retry": does("retry", bodies.retry, async (app, { id, sent }) =>
    app.commands.retry(await taskOf(app, id), app.actor, goesOnWith(sent)),
  ),
  "GET :unit/:id/continuation": looks(async (app, { id }) => app.queries.getContinuation(await taskOf(app, id))),
  "POST :unit/:id/continue": does("continueTask", bodies.continue, async (app, { id, sent: { text, ...given } }) =>
    app.commands.continueTask(await taskOf(app, id), text, app.actor, goesOnWith(given)),
  ),
  "POST :unit/:id/steer": does("steer", said("text"), async (app, { id, sent: { text } }) =>
    app.commands.steer(await taskOf(app, id), text, app.actor),
  ),
  "POST :unit/:id/change": does("change", bodies.change, async (app, { id, sent: { alike, ...to } }) =>
    app.commands.change(await taskOf(app, id), to, app.actor, { alike }),
  ),
  "POST :unit/:id/grant": does("grant", bodies.grant, (app, { id, sent: { cost_usd, tokens } }) =>
    app.commands.grant(id, { usd: cost_usd, tokens }, app.actor),
  ),
  "POST :unit/:id/fork": makes("fork", bodies.fork, (app, { id, sent, once }) =>
    app.commands.fork(id, sent, app.actor, { once }),
  ),
};

/** Returns the changes as the commands take them, without absent fields. */
function goesOnWith<Sent extends { cost_usd?: number | undefined; tokens?: number | undefined }>({
  cost_usd: usd,
  tokens,
  ...rest
}: Sent) {
  const more = { ...(usd !== undefined && { usd }), ...(tokens !== undefined && { tokens }) };
  return { ...rest, ...(Object.keys(more).length > 0 && { more }) };
}

async function taskOf(app: GuardedApplication, id: string): Promise<string> {
  try {
    return (await app.queries.getTree(id, { tasks: "none" })).root_task_id;
  } catch (error) {
    if (error instanceof Error && error.name === "UserError") return id;
    throw error;
  }
}
