/** Requests with an `Idempotency-Key` run once, even when they are sent twice. */
import { expect, test } from "vitest";
import { type Doors, startDoors } from "./testing/doors";

async function post(doors: Doors, who: Record<string, string>, key: string, path: string, body: unknown) {
  const headers = { ...who, "content-type": "application/json", "idempotency-key": key };
  const answer = await doors.ask(`/api/v1/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: answer.status, body: JSON.parse(answer.text), replayed: answer.headers["idempotent-replayed"] };
}

const trees = (doors: Doors) => doors.trial.runtime.application.queries.listTrees();

test("a repeated submission creates a single tree, whether it repeats immediately or later", async () => {
  const doors = await startDoors();
  const ann = await doors.signedIn("admin");
  const [a, b] = await Promise.all([
    post(doors, ann, "k-1", "trees", { task: "Look", agent: "worker" }),
    post(doors, ann, "k-1", "trees", { task: "Look", agent: "worker" }),
  ]);
  const later = await post(doors, ann, "k-1", "trees", { task: "Look", agent: "worker" });
  expect([a.status, b.status, later.status]).toEqual([201, 201, 201]);
  expect([b.body.id, later.body.id]).toEqual([a.body.id, a.body.id]);
  expect([a.replayed, b.replayed, later.replayed].filter(Boolean)).toEqual(["true", "true"]);
  expect((await trees(doors)).items).toHaveLength(1);
});

test("a repeated submission creates a single tree even if the server died before storing its answer", async () => {
  const doors = await startDoors();
  const ann = await doors.signedIn("admin");
  const first = await post(doors, ann, "k-1", "trees", { task: "Look", agent: "worker" });
  doors.store.client.sqlite.exec("DELETE FROM answers");
  const again = await post(doors, ann, "k-1", "trees", { task: "Look", agent: "worker" });
  expect([again.status, again.body.id, again.replayed]).toEqual([201, first.body.id, undefined]);
  expect((await trees(doors)).items).toHaveLength(1);
});

test("a repeated request adds a single schedule and a single rule even if the server died before storing its answer", async () => {
  const doors = await startDoors({ work: false });
  const ann = await doors.signedIn("admin");
  const ben = await doors.signedIn("admin");
  const submission = { task: "Look", agent: "worker" };
  const requests: [string, object, "id" | "rule"][] = [
    ["schedules", { cron: "0 9 * * *", submission }, "id"],
    ["rules", { tool: "use_terminal", why: "It is a sandbox." }, "rule"],
  ];
  for (const [path, body, named] of requests) {
    const first = await post(doors, ann, path, path, body);
    doors.store.client.sqlite.exec("DELETE FROM answers");
    const again = await post(doors, ann, path, path, body);
    expect([first.status, again.status, again.body[named], again.replayed]).toEqual([
      201,
      201,
      first.body[named],
      undefined,
    ]);
    expect((await post(doors, ben, path, path, body)).body[named]).not.toBe(first.body[named]);
  }
  expect([doors.store.schedules.count(), doors.store.rules.all().length]).toEqual([2, 2]);
});

test("a key belongs to one person and one request; refusals are replayed, and keys expire after a day", async () => {
  let now = Date.now();
  const doors = await startDoors({ work: false, runtime: { now: () => now } });
  const [ann, ben] = [await doors.signedIn("admin"), await doors.signedIn("admin")];
  const body = { task: "Look", agent: "worker" };
  const first = await post(doors, ann, "k", "trees", body);
  expect((await post(doors, ben, "k", "trees", body)).body.id).not.toBe(first.body.id);
  const changed = await post(doors, ann, "k", "trees", { ...body, task: "Look again" });
  expect([changed.status, changed.body.detail]).toEqual([422, expect.stringContaining("used for another request")]);
  const elsewhere = await post(doors, ann, "k", `trees/${first.body.id}/pause`, body);
  expect(elsewhere.status).toBe(422);
  const refused = await post(doors, ann, "k-2", "trees", { task: "" });
  expect(await post(doors, ann, "k-2", "trees", { task: "" })).toEqual({ ...refused, replayed: "true" });
  for (const key of ["", "two words", "ü".repeat(3), "x".repeat(256)])
    expect((await post(doors, ann, Buffer.from(key).toString("latin1"), "trees", body)).status).toBe(400);
  now += 24 * 3_600_000 + 1;
  expect((await post(doors, ann, "k-2", "trees", { task: "" })).replayed).toBeUndefined();
});

test("a new secret of a webhook is returned once and not stored for replays", async () => {
  const doors = await startDoors();
  const ann = await doors.signedIn("admin");
  await doors.store.webhooks.add({ uid: "w1", url: "https://example.org", events: ["needs_you"], createdBy: "ann" });
  const made = await post(doors, ann, "k", "webhooks/w1/rotate", undefined);
  expect([made.status, made.body.secret]).toEqual([200, expect.stringMatching(/^whsec_/)]);
  expect((await post(doors, ann, "k", "webhooks/w1/rotate", undefined)).status).toBe(409);
  expect(doors.everything()).not.toContain(made.body.secret);
});

test("a token is returned once and not stored for replays", async () => {
  const doors = await startDoors();
  const ann = await doors.signedIn("admin");
  const made = await post(doors, ann, "k", "tokens", { role: "viewer" });
  const again = await post(doors, ann, "k", "tokens", { role: "viewer" });
  expect([made.status, again.status]).toEqual([201, 409]);
  expect(again.body.detail).toContain("shown only once");
  expect(doors.everything()).not.toContain(made.body.token);
  expect(doors.store.people.tokens()).toHaveLength(1);
});
