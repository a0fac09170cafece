/** Counts requests, with the time until the end of their answers, by route: never by their own addresses. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { performance } from "node:perf_hooks";
import type { Counts } from "@/core/metrics/counts";
import { DOWNLOADS } from "./downloads/answer";
import { isOfTreeFiles } from "./downloads/tree-files";
import { routeOfApi } from "./http/v1/handle";

export interface RequestClock {
  watch(request: IncomingMessage, response: ServerResponse): void;
}

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
/** Monitors ask for these all the time, and would hide what people see. */
const UNCOUNTED = new Set(["/health", "/metrics"]);
/** Endpoints of the server itself with one address each. */
const ENDPOINTS = new Set(["/mcp", "/a2a", "/signin", "/signout", "/admin/graceful-shutdown"]);
const STATIC = /^\/(_next\/|icons\/|[^/]+\.(svg|ico|png|js|webmanifest)$)/;

/** `pages`: addresses of pages, with `:name` for each part that varies. */
export function createRequestClock(counts: Pick<Counts, "observe">, pages: readonly string[]): RequestClock {
  const routeOf = routing(pages);
  return {
    watch(request, response) {
      const route = routeOf(request.url ?? "");
      if (route === null) return;
      const { method: asked = "" } = request;
      const method = METHODS.has(asked) ? asked : "other";
      const beganMs = performance.now();
      response.once("close", () => {
        // The caller went away, or the server failed after it had begun to answer.
        const status = response.writableFinished ? `${Math.floor(response.statusCode / 100)}xx` : "cut";
        const seconds = (performance.now() - beganMs) / 1_000;
        counts.observe("banyan_http_request_duration_seconds", { route, method, status }, seconds);
      });
    },
  };
}

/** Returns a function from the target of a request to its route; null: it is not counted. */
function routing(pages: readonly string[]): (target: string) => string | null {
  const patterns = pages.map((route) => ({ route, parts: route.split("/") }));
  return (target) => {
    const path = target.split("?", 1)[0]?.replace(/(?<=.)\/$/, "") ?? "";
    if (UNCOUNTED.has(path) || STATIC.test(path)) return null;
    if (path.startsWith("/api/v1/")) {
      const parts = path.slice("/api/v1/".length).split("/");
      return isOfTreeFiles(parts) ? `/api/v1/${parts[0]}/:id/*` : routeOfApi(parts);
    }
    if (path.startsWith(DOWNLOADS)) return `${DOWNLOADS}*`;
    if (ENDPOINTS.has(path)) return path;
    const parts = path.split("/");
    const fitting = patterns.filter(
      (page) =>
        page.parts.length === parts.length &&
        page.parts.every((part, at) => part === parts[at] || part.startsWith(":")),
    );
    // A page with its own address comes before a page that shows many things.
    return fitting.sort((a, b) => variable(a.parts) - variable(b.parts))[0]?.route ?? "other";
  };
}

const variable = (parts: string[]) => parts.filter((part) => part.startsWith(":")).length;
