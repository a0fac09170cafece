import { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { createCounts } from "@/core/metrics/counts";
import { pageRoutes } from "./page-routes";
import { createRequestClock } from "./request-times";

const PAGES = pageRoutes("app");

/** Returns the labels with which a request is counted; null: it is not. */
function counted(url: string, { method = "GET", status = 200, isCut = false } = {}): string[] | null {
  const counts = createCounts();
  const response = Object.assign(new EventEmitter(), { statusCode: status, writableFinished: !isCut });
  createRequestClock(counts, PAGES).watch({ url, method } as IncomingMessage, response as unknown as ServerResponse);
  expect(counts.take()).toEqual([]);
  response.emit("close");
  const [row] = counts.take();
  return row ? (JSON.parse(row.labels) as string[]) : null;
}

test("a page, a route and an endpoint count by their pattern, and never by an id or a name", () => {
  const routes = [
    "/",
    "/trees",
    "/trees/k3x9",
    "/trees/k3x9?view=graph",
    "/trees/k3x9/compare/z",
    "/memory/lessons",
    "/memory/lessons/7/",
    "/proof/a-secret",
    "/api/v1/status",
    "/api/v1/trees/k3x9",
    "/api/v1/tasks/k3x9/pause",
    "/api/v1/kpis?project=x",
    "/api/v1/trees/k3x9/files/src/a.ts",
    "/api/v1/messages/3/attachments/4",
    "/downloads/audit.csv",
    "/mcp",
  ].map((url) => counted(url)?.[0]);
  expect(routes).toEqual([
    "/",
    "/trees",
    "/trees/:id",
    "/trees/:id",
    "/trees/:id/compare/:other",
    "/memory/lessons",
    "/memory/lessons/:id",
    "/proof/:secret",
    "/api/v1/status",
    "/api/v1/trees/:id",
    "/api/v1/tasks/:id/pause",
    "/api/v1/kpis",
    "/api/v1/trees/:id/*",
    "/api/v1/messages/:id/*",
    "/downloads/*",
    "/mcp",
  ]);
});

test("addresses that strangers invent are one label, whatever they are", () => {
  const invented = [
    "/wp-login.php",
    "/api/v1/none/of/this",
    "/a/b/c/d",
    "/%ff",
    "",
    "//x",
    "/constructor",
    "/api/v1/%ff",
  ];
  expect(invented.map((url) => counted(url)?.[0])).toEqual(invented.map(() => "other"));
  expect(counted("/", { method: "BREW" })?.[1]).toBe("other");
});

test("the status is its class, or cut when the answer did not arrive", () => {
  expect(counted("/trees", { status: 503 })).toEqual(["/trees", "GET", "5xx"]);
  expect(counted("/trees", { method: "POST", status: 303 })).toEqual(["/trees", "POST", "3xx"]);
  expect(counted("/trees", { isCut: true })).toEqual(["/trees", "GET", "cut"]);
});

test("monitors and static files are not counted", () => {
  const uncounted = ["/health", "/metrics?x=1", "/_next/static/a.js", "/icon.svg", "/service-worker.js"];
  expect(uncounted.map((url) => counted(url))).toEqual(uncounted.map(() => null));
});

test("a release without the sources of its pages has no patterns", () => {
  expect(pageRoutes("no-such-folder")).toEqual([]);
});
