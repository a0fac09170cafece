/**
 * The HTTP API as one table. It runs in the server itself rather than in Next.js, so that programs are served as quickly
 * while pages are being built; whoever calls `handleApi` has already checked who asks, and its application what they may.
 */
import type { Commands } from "@/agents/application";
import type { GuardedApplication } from "@/agents/guard";
import { type Problem, problem, problemOfError } from "@/lib/http/problem";
import { bodies, optionalText, requiredText } from "./bodies";
import { entryRoutes } from "./entry-routes";
import { decidedOf, integer, limitOf, messagesOf, pageOf, required } from "./query";
import { parseSubmission } from "./submission";
import { toolRoutes } from "./tool-routes";

export interface ApiRequest {
  method: string;
  /** Below `/api/v1/`, decoded. */
  path: string[];
  query: URLSearchParams;
  /** The parsed JSON body, or undefined. */
  body: unknown;
  /** By their names in lower case; absent: none came. */
  headers?: { "if-match"?: string };
  /** An id of the request's `Idempotency-Key` and who sent it. */
  once?: string;
}

export interface ApiAnswer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

export type Handler = (app: GuardedApplication, request: ApiRequest, id: string) => Promise<ApiAnswer>;

/** Who may not is told so before what they sent is looked at. */
export function doing(command: keyof Commands, handler: Handler): Handler & { command: keyof Commands } {
  const asked: Handler = async (app, request, id) => {
    await app.check(command);
    return handler(app, request, id);
  };
  return Object.assign(asked, { command });
}

const ok = (body: unknown): ApiAnswer => ({ status: 200, body });

const ROUTES: Record<string, Handler & { command?: keyof Commands }> = {
  "GET session": async ({ actor: { name, role, task } }) => ok({ name, role, task: task ?? null }),
  "GET status": async (app) => ok(await app.queries.getStatus()),
  "GET trees": async (app, { query }) => ok(await app.queries.listTrees(pageOf(query))),
  "POST trees": doing("submitTree", async (app, { body, once }) => ({
    status: 201,
    body: await app.commands.submitTree(parseSubmission(body), app.actor, { once }),
  })),
  "GET trees/:id": async (app, _, id) => ok(await app.queries.getTree(id, { tasks: "whole" })),
  "GET trees/:id/messages": async (app, { query }, id) => {
    const tree = await app.queries.getTree(id, { tasks: "none" });
    return ok(await app.queries.listMessages({ treeId: tree.id }, messagesOf(query)));
  },
  "GET tasks/:id": async (app, _, id) => ok(await app.queries.getTask(id)),
  "GET tasks/:id/messages": async (app, { query }, id) => {
    const task = await app.queries.getTask(id);
    return ok(await app.queries.listMessages({ taskId: task.id }, messagesOf(query)));
  },
  "GET tasks/:id/log": async (app, _, id) => ok(await app.queries.getLogFacts(id)),
  "GET messages/:id/output": async (app, { query }, id) => {
    const seq = integer(id, "seq", Number.MAX_SAFE_INTEGER);
    const from = query.get("from");
    return ok(await app.queries.getOutput(seq, from === null ? 0 : integer(from, "from", Number.MAX_SAFE_INTEGER, 0)));
  },
  "GET tasks/:id/files": async (app, _, id) => ok(await app.queries.getTaskFiles(id)),
  "GET messages/:id": async (app, _, id) =>
    ok(await app.queries.getMessage(integer(id, "seq", Number.MAX_SAFE_INTEGER))),
  "GET reviews": async (app, { query }) => {
    const open = query.get("open");
    const treeId = query.get("tree") ?? undefined;
    const alikeTo = query.get("alike") ?? undefined;
    return ok(
      await app.queries.listReviews({
        ...pageOf(query),
        treeId,
        alikeTo,
        open: open === null ? undefined : open !== "0",
      }),
    );
  },
  ...entryRoutes("agents", "agent", doing),
  ...entryRoutes("documents", "document", doing),
  ...entryRoutes("runbooks", "runbook", doing),
  ...toolRoutes(doing),
  "GET policy": async (app) => ok(await app.queries.getPolicy()),
  "POST policy": doing("setPolicy", async (app, { body }) =>
    ok(await app.commands.setPolicy(bodies.policy(body), app.actor)),
  ),
  "POST reviews/:id/answer": doing("answer", async (app, { body }, id) =>
    ok(await app.commands.answer(id, requiredText(body, "text"), app.actor)),
  ),
  "GET reviews/:id": async (app, { query }, id) =>
    ok(id === "decided" ? await app.queries.listDecided(decidedOf(query)) : await app.queries.getReview(id)),
  "GET reviews/:id/item": async (app, _, id) => ok(await app.queries.getReviewItem(id, app.actor)),
  "POST reviews/:id/comment": doing("comment", async (app, { body }, id) =>
    ok(await app.commands.comment(id, requiredText(body, "text"), app.actor)),
  ),
  "POST reviews/:id/ask": doing("askTask", async (app, { body }, id) =>
    ok(await app.commands.askTask(id, requiredText(body, "text"), app.actor)),
  ),
  "POST reviews/:id/approve-changed": doing("approveChanged", async (app, { body }, id) => {
    const { arguments: input, reason = "" } = bodies.changedCall(body);
    return ok(await app.commands.approveChanged(id, input, reason, app.actor));
  }),
  "POST reviews/:id/restore": doing("restoreBefore", async (app, _, id) =>
    ok(await app.commands.restoreBefore(id, app.actor)),
  ),
  "POST reviews/:id/approve": doing("decide", (app, request, id) => decide(app, request, id, "approved")),
  "POST reviews/:id/reject": doing("decide", (app, request, id) => decide(app, request, id, "rejected")),
  "GET rules": async (app) => ok({ items: await app.queries.listRules(), next: null }),
  "POST rules": doing("addRule", async (app, { body }) => ({
    status: 201,
    body: await app.commands.addRule(bodies.rule(body), app.actor),
  })),
  "POST rules/:id/revoke": doing("revokeRule", async (app, _, id) => ok(await app.commands.revokeRule(id, app.actor))),
  "GET interventions": async (app, { query }) => {
    const named = (name: string) => query.get(name) ?? undefined;
    const filter = { treeId: named("tree"), action: named("action"), rule: named("rule"), limit: limitOf(query) };
    return ok({ items: await app.queries.listInterventions(filter), next: null });
  },
  "GET history": async (app, { query }) =>
    ok(await app.queries.getHistory({ hours: integer(query.get("hours") ?? "1", "hours", 168) })),
  "GET providers": async (app) => ok({ items: await app.queries.listProviders(), next: null }),
  "GET workers": async (app) => ok({ items: await app.queries.listWorkers(), next: null }),
  "GET backups": async (app) => ok(await app.queries.listBackups()),
  "POST backups": doing("createBackup", async (app) => ({
    status: 201,
    body: await app.commands.createBackup(app.actor),
  })),
  "DELETE backups/:id": doing("deleteBackup", async (app, _, id) => ok(await app.commands.deleteBackup(id, app.actor))),
  "GET old-trees": async (app, { query }) =>
    ok(await app.queries.findOldTrees({ days: integer(required(query, "days", "their age"), "days", 3_650) })),
  "GET trees/:id/forks": async (app, _, id) => ok({ items: await app.queries.listForks(id), next: null }),
  "GET trees/:id/compare": async (app, { query }, id) =>
    ok(await app.queries.compareTrees(id, required(query, "with", "the id of the other tree"))),
  "GET secrets": async (app) => ok({ items: await app.queries.listSecrets(), next: null }),
  "PUT secrets/:id": doing("setSecret", async (app, { body }, id) =>
    ok(await app.commands.setSecret(id, requiredText(body, "value"), app.actor)),
  ),
  "DELETE secrets/:id": doing("removeSecret", async (app, _, id) => ok(await app.commands.removeSecret(id, app.actor))),
  "POST secrets/:id": doing("rotateSecrets", async (app, _, id) =>
    id === "rotate" ? ok(await app.commands.rotateSecrets(app.actor)) : nothingHere(),
  ),
  "GET audit": async (app, { query }) => {
    const named = (name: string) => query.get(name) ?? undefined;
    return ok(
      await app.queries.listAudit({
        ...pageOf(query),
        actor: named("actor"),
        action: named("action"),
        tree: named("tree"),
        from: named("from"),
        until: named("until"),
      }),
    );
  },
  "GET audit/:id": async (app, _, id) => (id === "verify" ? ok(await app.queries.verifyAudit()) : nothingHere()),
  "GET users": async (app) => ok({ items: await app.queries.listUsers(), next: null }),
  "POST users": doing("addUser", async (app, { body }) => ({
    status: 201,
    body: await app.commands.addUser(bodies.user(body), app.actor),
  })),
  "POST users/:id/role": doing("setUserRole", async (app, { body }, id) =>
    ok(await app.commands.setUserRole(id, requiredText(body, "role"), app.actor)),
  ),
  "POST users/:id/remove": doing("removeUser", async (app, _, id) => ok(await app.commands.removeUser(id, app.actor))),
  "GET tokens": async (app) => ok({ items: await app.queries.listTokens(), next: null }),
  "POST tokens": doing("createToken", async (app, { body }) => ({
    status: 201,
    body: await app.commands.createToken(bodies.token(body), app.actor),
  })),
  "POST tokens/:id/revoke": doing("revokeToken", async (app, _, id) =>
    ok(await app.commands.revokeToken(id, app.actor)),
  ),
  "DELETE trees/:id": doing("deleteTree", async (app, _, id) => ok(await app.commands.deleteTree(id, app.actor))),
  "GET :unit/:id/next": async (app, _, id) => ok(await app.queries.nextAction(await taskOf(app, id))),
  "POST :unit/:id/pause": doing("pause", async (app, { body }, id) =>
    ok(await app.commands.pause(id, app.actor, bodies.pause(body))),
  ),
  "POST :unit/:id/resume": doing("resume", async (app, _, id) => ok(await app.commands.resume(id, app.actor))),
  "POST pause": doing("pauseEverything", async (app, { body }) =>
    ok(await app.commands.pauseEverything(optionalText(body, "reason"), app.actor)),
  ),
  "POST resume": doing("resumeEverything", async (app) => ok(await app.commands.resumeEverything(app.actor))),
  "POST :unit/:id/step": doing("step", async (app, _, id) =>
    ok(await app.commands.step(await taskOf(app, id), app.actor)),
  ),
  "POST :unit/:id/stop": doing("stop", async (app, { body }, id) =>
    ok(await app.commands.stop(id, optionalText(body, "reason"), app.actor)),
  ),
  "POST :unit/:id/retry": doing("retry", async (app, _, id) =>
    ok(await app.commands.retry(await taskOf(app, id), app.actor)),
  ),
  "POST :unit/:id/steer": doing("steer", async (app, { body }, id) =>
    ok(await app.commands.steer(await taskOf(app, id), requiredText(body, "text"), app.actor)),
  ),
  "POST :unit/:id/change": doing("change", async (app, { body }, id) =>
    ok(await app.commands.change(await taskOf(app, id), bodies.change(body), app.actor)),
  ),
  "POST :unit/:id/grant": doing("grant", async (app, { body }, id) =>
    ok(await app.commands.grant(id, bodies.grant(body), app.actor)),
  ),
  "POST :unit/:id/fork": doing("fork", async (app, { body }, id) => ({
    status: 201,
    body: await app.commands.fork(id, bodies.fork(body), app.actor),
  })),
};

/** `METHOD address` of everything that can be asked, and the command that it gives; null: it only looks. */
export const ROUTE_LIST: readonly { name: string; command: keyof Commands | null }[] = Object.entries(ROUTES).map(
  ([name, { command = null }]) => ({ name, command }),
);

async function decide(
  app: GuardedApplication,
  { body }: ApiRequest,
  id: string,
  decision: "approved" | "rejected",
): Promise<ApiAnswer> {
  const { reason = "", alike, edited } = bodies.decision(body);
  return ok(await app.commands.decide(id, decision, reason, app.actor, { alike, edited }));
}

/** Whether what it answers to a POST is told only once, and kept nowhere. */
export function tellsSecret(path: string[]): boolean {
  return path[0] === "tokens" && path.length === 1;
}

export async function handleApi(app: GuardedApplication, request: ApiRequest): Promise<ApiAnswer> {
  const [unit = "", id, verb] = request.path;
  const shape = [unit, ...(id === undefined ? [] : [":id"]), ...(verb === undefined ? [] : [verb])].join("/");
  const ofUnit = unit === "trees" || unit === "tasks" ? shape.replace(unit, ":unit") : shape;
  const handler = ROUTES[`${request.method} ${shape}`] ?? ROUTES[`${request.method} ${ofUnit}`];
  if (!handler || request.path.length > 3) return nothingHere();
  try {
    return await handler(app, request, id ?? "");
  } catch (error) {
    const known = problemOfError(error);
    if (!known) console.error("The HTTP API failed:", error);
    return refuse(known ?? problem(500, "The server failed at this request; what was committed before is safe."));
  }
}

function nothingHere(): ApiAnswer {
  return refuse(problem(404, "There is nothing at this address of the API."));
}

function refuse(body: Problem): ApiAnswer {
  return { status: body.status, body };
}

/** Verbs under `/trees/:id` that work on one task mean the tree's root. */
async function taskOf(app: GuardedApplication, id: string): Promise<string> {
  try {
    return (await app.queries.getTree(id, { tasks: "none" })).root_task_id;
  } catch (error) {
    if (error instanceof Error && error.name === "UserError") return id;
    throw error;
  }
}
