/**
 * The HTTP API as one table. It runs in the server itself rather than in Next.js, so that programs are served as quickly
 * while pages are being built; whoever calls `handleApi` has already checked who asks, and its application what they may.
 * Not Hono: the doors have read the body before, and it would be packed and unpacked again (docs/decisions/011-http-api.md).
 */
import type { Commands } from "@/agents/application";
import type { GuardedApplication } from "@/agents/guard/guard";
import { parse } from "@/agents/guard/parse";
import { problem, problemOfError } from "@/lib/http/problem";
import type { Answers } from "./answers";
import { entryRoutes } from "./entry-routes";
import { describeApi } from "./openapi";
import { operationRoutes } from "./operation-routes";
import { providerRoutes } from "./provider-routes";
import { reviewRoutes } from "./review-routes";
import { type ApiAnswer, looks, type Route, refusal } from "./routes";
import { toolRoutes } from "./tool-routes";
import { treeRoutes, unitRoutes } from "./tree-routes";

export type { ApiAnswer } from "./routes";

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

const [agents, documents, runbooks] = [entryRoutes("agent"), entryRoutes("document"), entryRoutes("runbook")];

const ROUTES: { readonly [Name in keyof Answers]: Route<Answers[Name]> } = {
  ...treeRoutes,
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
  ...operationRoutes,
  ...providerRoutes,
  "GET openapi.json": looks(async () => {
    described ??= describeApi(ROUTES);
    return described;
  }),
};

/** Made when it is first asked for: it takes longer than any other answer, and never changes. */
let described: Record<string, unknown> | undefined;

/** `METHOD address` of everything that can be asked, and the command that it gives; null: it only looks. */
export const ROUTE_LIST: readonly { name: string; command: keyof Commands | null }[] = Object.entries(ROUTES).map(
  ([name, { command }]) => ({ name, command }),
);

/** Whether what it answers to a POST is told only once, and kept nowhere. */
export function tellsSecret(path: string[]): boolean {
  return path[0] === "tokens" && path.length === 1;
}

export async function handleApi(app: GuardedApplication, request: ApiRequest): Promise<ApiAnswer> {
  const { query, body, headers, once } = request;
  const route = routeOf(request);
  if (!route) return refusal(404, "There is nothing at this address of the API.");
  try {
    // Who may not is told so before what they sent is looked at.
    if (route.command) await app.check(route.command);
    const sent = route.takes ? parse(route.takes, body) : undefined;
    return await route.answer(app, { id: request.path[1] ?? "", query, sent, ifMatch: headers?.["if-match"], once });
  } catch (error) {
    const known = problemOfError(error);
    if (!known) console.error("The HTTP API failed:", error);
    const told = known ?? problem(500, "The server failed at this request; what was committed before is safe.");
    return { status: told.status, body: told };
  }
}

/** An address that is spelt out goes before one with an id in it. */
function routeOf({ method, path }: ApiRequest): Route | undefined {
  const [unit = "", id, verb] = path;
  if (path.length > 3) return undefined;
  const shape = [unit, ...(id === undefined ? [] : [":id"]), ...(verb === undefined ? [] : [verb])].join("/");
  const ofUnit = unit === "trees" || unit === "tasks" ? shape.replace(unit, ":unit") : shape;
  const routes: Readonly<Record<string, Route>> = ROUTES;
  const name = [path.join("/"), shape, ofUnit].find((address) => Object.hasOwn(routes, `${method} ${address}`));
  return name === undefined ? undefined : routes[`${method} ${name}`];
}
