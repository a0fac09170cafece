/**
 * The routes of the HTTP API as a table. It runs in the server and not in Next.js, so that it stays fast while pages
 * are built. The caller of `handleApi` has authenticated the request, and the application checks permissions. It does
 * not use Hono, because the server has already parsed the body (docs/decisions/011-http-api.md).
 */
import { operations } from "@/agents/commands/operations";
import { type GuardedApplication, type Method, PERMISSIONS } from "@/agents/guard/guard";
import type { AnyOperation } from "@/agents/operations/operation";
import { parse } from "@/agents/operations/parse";
import type { Permission } from "@/core/rules/roles";
import type { Answers } from "@/core/shapes/answers/answers";
import { allowedWith, notAllowed } from "@/lib/http/methods";
import { problem, problemOfError } from "@/lib/http/problem";
import { capabilityRoutes } from "./capability-routes";
import { declaredRoutes } from "./declared-routes";
import { entryRoutes } from "./entry-routes";
import { memoryRoutes } from "./memory-routes";
import { describeApi } from "./openapi";
import { operationRoutes } from "./operation-routes";
import { projectRoutes } from "./project-routes";
import { providerRoutes } from "./provider-routes";
import { unknownParameter } from "./query";
import { reviewRoutes } from "./review-routes";
import { type ApiAnswer, type Route, reads, refusal } from "./routes";
import { scheduleRoutes } from "./schedule-routes";
import { toolRoutes } from "./tool-routes";
import { treeFileRoutes } from "./tree-file-routes";
import { treeRoutes, unitRoutes } from "./tree-routes";

export type { ApiAnswer } from "./routes";

export interface ApiRequest {
  method: string;
  /** The decoded path below `/api/v1/`. */
  path: string[];
  query: URLSearchParams;
  /** The parsed JSON body, or undefined. */
  body: unknown;
  /** Headers by lower-case name. */
  headers?: { "if-match"?: string };
  /** An id made of the `Idempotency-Key` and its sender. */
  once?: string;
}

const [agents, documents, runbooks] = [entryRoutes("agent"), entryRoutes("document"), entryRoutes("runbook")];

/** Routes that are not derived from an operation. */
const OTHER_ROUTES: { readonly [Name in keyof Answers]: Route<Answers[Name]> } = {
  ...treeRoutes,
  ...treeFileRoutes,
  ...unitRoutes,
  ...reviewRoutes,
  "GET agents": agents.list,
  "POST agents": agents.create,
  "GET agents/:id": agents.read,
  "PUT agents/:id": agents.update,
  "DELETE agents/:id": agents.remove,
  "GET agents/:id/versions": agents.versions,
  "GET agents/:id/export": agents.export,
  "POST agents/:id/restore": agents.restore,
  "GET documents": documents.list,
  "POST documents": documents.create,
  "GET documents/:id": documents.read,
  "PUT documents/:id": documents.update,
  "DELETE documents/:id": documents.remove,
  "GET documents/:id/versions": documents.versions,
  "GET documents/:id/export": documents.export,
  "POST documents/:id/restore": documents.restore,
  "GET runbooks": runbooks.list,
  "POST runbooks": runbooks.create,
  "GET runbooks/:id": runbooks.read,
  "PUT runbooks/:id": runbooks.update,
  "DELETE runbooks/:id": runbooks.remove,
  "GET runbooks/:id/versions": runbooks.versions,
  "GET runbooks/:id/export": runbooks.export,
  "POST runbooks/:id/restore": runbooks.restore,
  ...toolRoutes,
  ...capabilityRoutes,
  ...memoryRoutes,
  ...operationRoutes,
  ...projectRoutes,
  ...scheduleRoutes,
  ...providerRoutes,
  "GET openapi.json": reads(async () => {
    description ??= describeApi(ROUTES, rightOf);
    return description;
  }),
};

const ROUTES: Readonly<Record<string, Route>> = { ...OTHER_ROUTES, ...declaredRoutes };

/** The routes by address, then by method. */
const BY_ADDRESS = new Map<string, Map<string, Route>>();
for (const [name, route] of Object.entries(ROUTES)) {
  const [method = "", address = ""] = name.split(" ");
  BY_ADDRESS.set(address, (BY_ADDRESS.get(address) ?? new Map<string, Route>()).set(method, route));
}

/** Built on the first request and cached, because it is slow to build and never changes. */
let description: Record<string, unknown> | undefined;

/** The right of each method. */
const RIGHTS = {
  ...PERMISSIONS,
  ...Object.fromEntries(Object.entries<AnyOperation>(operations).map(([name, { right }]) => [name, right])),
} as Readonly<Record<Method, Permission>>;

function rightOf(name: string): Permission | null {
  const command = ROUTES[name]?.command;
  return command ? RIGHTS[command] : null;
}

/** All routes as `METHOD address`, with the command that each runs and its right; null if it only reads. */
export const ROUTE_LIST: readonly { name: string; command: Method | null; right: Permission | null }[] = Object.entries(
  ROUTES,
).map(([name, { command }]) => ({ name, command, right: rightOf(name) }));

/** Whether the answer to a POST holds a secret, so that it must not be stored for replays. */
export function tellsSecret(path: string[]): boolean {
  const [unit, , verb] = path;
  if ((unit === "trees" || unit === "tasks") && verb === "proofs") return true;
  if (unit === "webhooks" && verb === "rotate") return true;
  if (unit === "projects" && verb === "link") return true;
  return (unit === "tokens" || unit === "webhooks") && path.length === 1;
}

/** Returns the headers of an answer that was stored without them: what they say is in its body, too. */
export function headersOfStored(
  request: Pick<ApiRequest, "method" | "path">,
  { status, body }: ApiAnswer,
): Record<string, string> {
  const found = routeOf(request);
  const givesVersion = "route" in found && found.route.etag !== undefined && status < 400;
  if (!givesVersion || typeof body !== "object" || body === null || !("version" in body)) return {};
  return { etag: `"${body.version}"` };
}

export async function handleApi(app: GuardedApplication, request: ApiRequest): Promise<ApiAnswer> {
  const { query, body, headers, once } = request;
  const found = routeOf(request);
  if ("status" in found) return found;
  const { route } = found;
  try {
    // Checks permission before the body, so that a caller without permission learns nothing about the format.
    if (route.command) await app.check(route.command);
    const unknown = unknownParameter(query, route.query);
    if (unknown) return { status: unknown.status, body: unknown };
    const sent = route.takes ? parse(route.takes, body) : undefined;
    return await route.answer(app, { id: request.path[1] ?? "", query, sent, ifMatch: headers?.["if-match"], once });
  } catch (error) {
    const known = problemOfError(error);
    if (!known) console.error("The HTTP API failed:", error);
    const answer = known ?? problem("internal-error", "The server failed. Committed work is safe.");
    return { status: answer.status, body: answer };
  }
}

/** Whether a request has a route of its own method. */
export function hasRoute(request: Pick<ApiRequest, "method" | "path">): boolean {
  return "route" in routeOf(request);
}

/** Returns the route of a request, or the answer to a request without one. */
function routeOf({ method, path }: Pick<ApiRequest, "method" | "path">): { route: Route } | ApiAnswer {
  const routes = routesAt(path);
  const route = routes.get(method === "HEAD" ? "GET" : method);
  if (route) return { route };
  if (routes.size === 0) return refusal("not-found", "No API route at this address.");
  const allowed = allowedWith([...routes.keys()]);
  const headers = { allow: allowed.join(", ") };
  if (method === "OPTIONS") return { status: 204, body: undefined, headers };
  return { ...refusal("method-not-allowed", notAllowed(method, allowed)), headers };
}

/** Returns the address of the route at a path below `/api/v1/`, as in `/api/v1/trees/:id`; `other`: there is none. */
export function routeOfApi(path: string[]): string {
  const literal = path.join("/");
  if (BY_ADDRESS.has(literal)) return `/api/v1/${literal}`;
  return routesAt(path).size === 0 ? "other" : `/api/v1/${shapeOf(path)}`;
}

/** Returns the routes of an address by method. A literal address takes precedence over an address with an id. */
function routesAt(path: string[]): ReadonlyMap<string, Route> {
  const [unit = ""] = path;
  const routes = new Map<string, Route>();
  if (path.length > 3) return routes;
  const shape = shapeOf(path);
  const ofUnit = unit === "trees" || unit === "tasks" ? shape.replace(unit, ":unit") : shape;
  for (const address of [path.join("/"), shape, ofUnit])
    for (const [method, route] of BY_ADDRESS.get(address) ?? []) if (!routes.has(method)) routes.set(method, route);
  return routes;
}

/** Returns the path with `:id` in the place of its second part. */
function shapeOf([unit = "", id, verb]: string[]): string {
  return [unit, ...(id === undefined ? [] : [":id"]), ...(verb === undefined ? [] : [verb])].join("/");
}
