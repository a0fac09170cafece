/**
 * The HTTP API as one table. It runs in the server itself rather than in Next.js, so that programs are served as quickly
 * while pages are being built; whoever calls `handleApi` has already checked who asks.
 */
import type { Actor, Application } from "@/agents/application";
import { type Problem, problem, problemOfError } from "@/lib/http/problem";
import { parseSubmission } from "./submission";

export interface ApiRequest {
  method: string;
  /** Below `/api/v1/`, decoded. */
  path: string[];
  query: URLSearchParams;
  /** The parsed JSON body, or undefined. */
  body: unknown;
  actor: Actor;
}

export interface ApiAnswer {
  status: number;
  body: unknown;
}

type Handler = (app: Application, request: ApiRequest, id: string) => Promise<ApiAnswer>;

const ok = (body: unknown): ApiAnswer => ({ status: 200, body });

const ROUTES: Record<string, Handler> = {
  "GET session": async (_, { actor }) => ok({ name: actor.name }),
  "GET status": async (app) => ok(await app.queries.getStatus()),
  "GET trees": async (app, { query }) => ok(await app.queries.listTrees(pageOf(query))),
  "POST trees": async (app, { body, actor }) => ({
    status: 201,
    body: await app.commands.submitTree(parseSubmission(body), actor),
  }),
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
  "GET messages/:id": async (app, _, id) =>
    ok(await app.queries.getMessage(integer(id, "seq", Number.MAX_SAFE_INTEGER))),
  "GET reviews": async (app, { query }) => {
    const open = query.get("open");
    const treeId = query.get("tree") ?? undefined;
    return ok(
      await app.queries.listReviews({ ...pageOf(query), treeId, open: open === null ? undefined : open !== "0" }),
    );
  },
  "POST reviews/:id/answer": async (app, { body, actor }, id) =>
    ok(await app.commands.answer(id, textOf(body, "text"), actor)),
  "POST reviews/:id/approve": async (app, { body, actor }, id) =>
    ok(await app.commands.decide(id, "approved", optionalText(body, "reason"), actor)),
  "POST reviews/:id/reject": async (app, { body, actor }, id) =>
    ok(await app.commands.decide(id, "rejected", optionalText(body, "reason"), actor)),
  "POST :unit/:id/pause": async (app, { actor }, id) => ok(await app.commands.pause(id, actor)),
  "POST :unit/:id/resume": async (app, { actor }, id) => ok(await app.commands.resume(id, actor)),
  "POST :unit/:id/step": async (app, { actor }, id) => ok(await app.commands.step(await taskOf(app, id), actor)),
  "POST :unit/:id/stop": async (app, { body, actor }, id) =>
    ok(await app.commands.stop(id, optionalText(body, "reason"), actor)),
  "POST :unit/:id/retry": async (app, { actor }, id) => ok(await app.commands.retry(await taskOf(app, id), actor)),
  "POST :unit/:id/steer": async (app, { body, actor }, id) =>
    ok(await app.commands.steer(await taskOf(app, id), textOf(body, "text"), actor)),
};

export async function handleApi(app: Application, request: ApiRequest): Promise<ApiAnswer> {
  const [unit = "", id, verb] = request.path;
  const shape = [unit, ...(id === undefined ? [] : [":id"]), ...(verb === undefined ? [] : [verb])].join("/");
  const ofUnit = unit === "trees" || unit === "tasks" ? shape.replace(unit, ":unit") : shape;
  const handler = ROUTES[`${request.method} ${shape}`] ?? ROUTES[`${request.method} ${ofUnit}`];
  if (!handler || request.path.length > 3) return refuse(problem(404, "There is nothing at this address of the API."));
  try {
    return await handler(app, request, id ?? "");
  } catch (error) {
    const known = problemOfError(error);
    if (!known) console.error("The HTTP API failed:", error);
    return refuse(known ?? problem(500, "The server failed at this request; what was committed before is safe."));
  }
}

function refuse(body: Problem): ApiAnswer {
  return { status: body.status, body };
}

/** Verbs under `/trees/:id` that work on one task mean the tree's root. */
async function taskOf(app: Application, id: string): Promise<string> {
  try {
    return (await app.queries.getTree(id, { tasks: "none" })).root_task_id;
  } catch {
    return id;
  }
}

class InvalidRequest extends Error {
  override name = "UserError";
  readonly kind = "invalid";
}

function integer(text: string, name: string, max: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1 || value > max) {
    throw new InvalidRequest(`"${name}" must be a whole number from 1 to ${max}.`);
  }
  return value;
}

function pageOf(query: URLSearchParams): { after?: string; limit?: number } {
  const limit = query.get("limit");
  return { after: query.get("after") ?? undefined, limit: limit === null ? undefined : integer(limit, "limit", 500) };
}

function messagesOf(query: URLSearchParams) {
  const cursor = (name: string) => {
    const value = query.get(name) ?? undefined;
    if (value !== undefined && !/^\d{1,15}$/.test(value))
      throw new InvalidRequest(`"${name}" is not a cursor of messages.`);
    return value;
  };
  const latest = query.get("latest") === "1" || undefined;
  return { limit: pageOf(query).limit, after: cursor("after"), before: cursor("before"), latest };
}

function optionalText(body: unknown, name: string): string {
  const value = typeof body === "object" && body !== null ? (body as Record<string, unknown>)[name] : undefined;
  if (value !== undefined && typeof value !== "string") throw new InvalidRequest(`"${name}" must be text.`);
  return value ?? "";
}

function textOf(body: unknown, name: string): string {
  const text = optionalText(body, name);
  if (text.trim() === "") throw new InvalidRequest(`"${name}" is missing: send it as JSON text.`);
  return text;
}
