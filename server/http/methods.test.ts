/** Methods, query parameters and problem types at the server's addresses. */
import { expect, test } from "vitest";
import { PROBLEM_KINDS } from "@/lib/http/problem-kinds";
import { startDoors } from "@/server/testing/doors";

const ENDED = { work: false } as const;

test("an address says which methods it answers, and HEAD is GET without a body", async () => {
  const doors = await startDoors(ENDED);
  const headers = await doors.token("admin");
  const tree = await doors.trial.submit({ task: "Look", agent: "worker" });
  const cases: [string, string][] = [
    ["/api/v1/trees", "GET, HEAD, POST, OPTIONS"],
    [`/api/v1/trees/${tree.id}`, "GET, HEAD, DELETE, OPTIONS"],
    ["/api/v1/secrets/rotate", "POST, PUT, DELETE, OPTIONS"],
    [`/api/v1/trees/${tree.id}/archive`, "GET, HEAD, OPTIONS"],
    ["/downloads/audit.csv", "GET, HEAD, OPTIONS"],
    ["/metrics", "GET, HEAD, OPTIONS"],
    ["/admin/graceful-shutdown", "POST, OPTIONS"],
    ["/problems", "GET, HEAD, OPTIONS"],
  ];
  for (const [path, allow] of cases) {
    const refused = await doors.ask(path, { method: "PATCH", headers });
    expect([path, refused.status, refused.headers.allow]).toEqual([path, 405, allow]);
    expect(JSON.parse(refused.text)).toMatchObject({ type: "/problems/method-not-allowed", status: 405 });
    const told = await doors.ask(path, { method: "OPTIONS", headers });
    expect([path, told.status, told.headers.allow, told.text]).toEqual([path, 204, allow, ""]);
    if (!allow.includes("HEAD")) continue;
    const [got, head] = [await doors.ask(path, { headers }), await doors.ask(path, { method: "HEAD", headers })];
    expect([path, head.status, head.headers["content-type"], head.text]).toEqual([
      path,
      got.status,
      got.headers["content-type"],
      "",
    ]);
    // The tree has no files.
    expect([path, got.status]).toEqual([path, path.endsWith("/archive") ? 404 : 200]);
  }
  for (const method of ["PATCH", "OPTIONS", "HEAD"])
    expect([method, (await doors.ask("/api/v1/nothing", { method, headers })).status]).toEqual([method, 404]);
});

test("nobody learns the methods of an address without a session", async () => {
  const doors = await startDoors(ENDED);
  await doors.signedIn("admin");
  for (const method of ["OPTIONS", "PATCH", "HEAD"])
    for (const path of ["/api/v1/trees", "/metrics", "/downloads/audit.csv", "/admin/graceful-shutdown"]) {
      const { status, headers } = await doors.ask(path, { method });
      expect([method, path, status, headers.allow]).toEqual([method, path, 401, undefined]);
    }
});

test("a wrong method with an Idempotency-Key gets the right ones each time", async () => {
  const doors = await startDoors(ENDED);
  const headers = { ...(await doors.token("admin")), "idempotency-key": "one" };
  for (let tries = 0; tries < 2; tries++) {
    const answer = await doors.ask("/api/v1/status", { method: "POST", headers });
    expect([answer.status, answer.headers.allow]).toEqual([405, "GET, HEAD, OPTIONS"]);
  }
});

test("an unknown query parameter is refused with the names of those that exist", async () => {
  const doors = await startDoors(ENDED);
  const headers = await doors.token("admin");
  const tree = await doors.trial.submit({ task: "Look", agent: "worker" });
  const before = doors.everything();
  const cases: [string, string, string][] = [
    ["GET", "/api/v1/goals?limt=5", 'There is no query parameter "limt" here. This address takes: after, limit.'],
    ["GET", "/api/v1/goals?limit=5&x", 'There is no query parameter "x" here. This address takes: after, limit.'],
    ["GET", "/api/v1/status?tree=1", 'There is no query parameter "tree" here. This address takes none.'],
    ["POST", `/api/v1/trees/${tree.id}/pause?alone=true`, 'There is no query parameter "alone" here. This address'],
    ["GET", `/api/v1/trees/${tree.id}/patch?at=now`, 'There is no query parameter "at" here. This address takes: task'],
    ["GET", "/downloads/audit.csv?form=2026", 'There is no query parameter "form" here. This address takes: actor'],
  ];
  for (const [method, path, detail] of cases) {
    const { status, text } = await doors.ask(path, { method, headers });
    expect([path, status, JSON.parse(text)]).toMatchObject([
      path,
      400,
      { type: "/problems/unknown-parameter", detail: expect.stringContaining(detail) },
    ]);
  }
  expect(doors.everything()).toBe(before);
  const viewer = await doors.token("viewer");
  const refused = await doors.ask("/api/v1/pause?x=1", { method: "POST", headers: viewer });
  expect([refused.status, JSON.parse(refused.text).type]).toEqual([403, "/problems/forbidden"]);
});

test("the type of each problem leads to its explanation", async () => {
  const doors = await startDoors(ENDED);
  await doors.signedIn("admin");
  const list = (await doors.ask("/problems")).text;
  for (const [kind, { title, status, remedy }] of Object.entries(PROBLEM_KINDS)) {
    const answer = await doors.ask(`/problems/${kind}`);
    expect([kind, answer.status, answer.headers["content-type"]]).toEqual([kind, 200, "text/plain; charset=utf-8"]);
    expect(answer.text).toContain(`${title} (${status})`);
    expect(answer.text).toContain(remedy);
    expect(list).toContain(`/problems/${kind} (${status})`);
  }
  for (const kind of ["none", "toString", "not-found/x"])
    expect([kind, (await doors.ask(`/problems/${kind}`)).status]).toEqual([kind, 404]);
});
