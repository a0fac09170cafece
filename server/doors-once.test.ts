/** Requests with an `Idempotency-Key` run once, even when they are sent twice. */
import { expect, test } from "vitest";
import { agentScript } from "@/tests/agents/provider-script";
import { endTask, passed } from "@/tests/agents/replies";
import { type Doors, startDoors } from "./testing/doors";

async function post(doors: Doors, who: Record<string, string>, key: string, path: string, body: unknown) {
  const headers = { ...who, "content-type": "application/json", "idempotency-key": key };
  const answer = await doors.ask(`/api/v1/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: answer.status, body: JSON.parse(answer.text), replayed: answer.headers["idempotent-replayed"] };
}

/** The server is killed after it has done what was asked, and before it has stored its answers. */
const losesAnswers = (doors: Doors) =>
  doors.store.client.sqlite.exec("UPDATE answers SET status = 0, body = 'null' WHERE status >= 200");

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

test("an agent that is created with a key has its version as ETag, also when the answer is repeated", async () => {
  const doors = await startDoors({ work: false });
  const headers = { ...(await doors.signedIn("admin")), "content-type": "application/json" };
  const body = JSON.stringify({
    name: "helper",
    description: "Helps with what it is given.",
    instruction: "Help.",
    tools: ["read_file"],
    documents: ["system_overview"],
  });
  const create = () =>
    doors.ask("/api/v1/agents", { method: "POST", headers: { ...headers, "idempotency-key": "k-1" }, body });
  const [first, again] = [await create(), await create()];
  expect([first.status, first.headers.etag]).toEqual([201, '"1"']);
  expect([again.status, again.headers.etag, again.headers["idempotent-replayed"]]).toEqual([201, '"1"', "true"]);
  const refused = await doors.ask("/api/v1/agents", {
    method: "POST",
    headers: { ...headers, "idempotency-key": "k-2" },
    body,
  });
  expect([refused.status, refused.headers.etag]).toEqual([409, undefined]);
});

test("a repeated submission creates a single tree even if the server died before storing its answer", async () => {
  const doors = await startDoors();
  const ann = await doors.signedIn("admin");
  const first = await post(doors, ann, "k-1", "trees", { task: "Look", agent: "worker" });
  losesAnswers(doors);
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
    losesAnswers(doors);
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

test("the day after, a key begins anew: with the same request, and with another one", async () => {
  let now = Date.now();
  const doors = await startDoors({ work: false, runtime: { now: () => now } });
  const ann = await doors.signedIn("admin");
  const send = async (task: string) => (await post(doors, ann, "nightly", "trees", { task, agent: "worker" })).body.id;
  const ids = [await send("Look")];
  now += 24 * 3_600_000 - 1;
  expect(await send("Look")).toBe(ids[0]);
  for (const task of ["Look", "Look again"]) {
    now += 24 * 3_600_000 + 1;
    ids.push(await send(task));
  }
  expect(new Set(ids).size).toBe(3);
});

test("a key stays its first request's even if the server died before storing its answer", async () => {
  const doors = await startDoors({ work: false });
  const ann = await doors.signedIn("admin");
  const first = await post(doors, ann, "k", "trees", { task: "Look", agent: "worker" });
  losesAnswers(doors);
  expect((await post(doors, ann, "k", "trees", { task: "Look again", agent: "worker" })).status).toBe(422);
  expect((await post(doors, ann, "k", "trees", { task: "Look", agent: "worker" })).body.id).toBe(first.body.id);
});

/** The same `once` in the body, which programs choose themselves. */
async function ask(doors: Doors, who: Record<string, string>, path: string, body: object) {
  const headers = { ...who, "content-type": "application/json" };
  const answer = await doors.ask(`/api/v1/${path}`, {
    method: "POST",
    headers,
    body: JSON.stringify({ ...body, once: "1" }),
  });
  return { status: answer.status, body: JSON.parse(answer.text) };
}

const USED = "This value of `once` was used for another request";

test("a `once` belongs to one task and one text: another task is another request, and another text a conflict", async () => {
  const doors = await startDoors({ work: false });
  const ann = await doors.signedIn("admin");
  const submission = { task: "Look", agent: "worker", grant: { cost_usd: 1 } };
  const [one, other] = [
    await post(doors, ann, "a", "trees", submission),
    await post(doors, ann, "b", "trees", submission),
  ];
  const { sqlite } = doors.store.client;
  const letters = (tree: { body: { root_task_id: string } }) =>
    sqlite
      .prepare("SELECT count(*) FROM letters WHERE task_id = (SELECT id FROM tasks WHERE uid = ?)")
      .pluck()
      .get(tree.body.root_task_id);
  for (const [path, body, another] of [
    ["steer", { text: "Look below, too." }, { text: "Stop looking." }],
    ["grant", { cost_usd: 2 }, { cost_usd: 3 }],
  ] as const) {
    const before = [letters(one), letters(other)].map(Number);
    for (const tree of [one, other, one])
      expect((await ask(doors, ann, `tasks/${tree.body.root_task_id}/${path}`, body)).status).toBe(200);
    // The tree names its root task.
    expect((await ask(doors, ann, `trees/${one.body.id}/${path}`, body)).status).toBe(200);
    expect([letters(one), letters(other)]).toEqual(before.map((count) => count + 1));
    const refused = await ask(doors, ann, `tasks/${one.body.root_task_id}/${path}`, another);
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining(USED)]);
    expect(letters(one)).toBe(Number(before[0]) + 1);
  }
});

test("the same `once` adds one schedule and one rule, no other ones, and neither again after it was removed", async () => {
  const doors = await startDoors({ work: false });
  const ann = await doors.signedIn("admin");
  const submission = { task: "Look", agent: "worker" };
  for (const [path, body, another, named] of [
    ["schedules", { cron: "0 9 * * *", submission }, { cron: "0 8 * * *", submission }, "id"],
    [
      "rules",
      { tool: "use_terminal", why: "It is a sandbox." },
      { tool: "write_file", why: "It is harmless." },
      "rule",
    ],
  ] as const) {
    const added = await ask(doors, ann, path, body);
    expect(await ask(doors, ann, path, body)).toEqual(added);
    const refused = await ask(doors, ann, path, another);
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining(USED)]);
    await doors.ask(`/api/v1/${path}/${added.body[named]}`, { method: "DELETE", headers: ann });
    for (const forget of ["SELECT 1", "DELETE FROM answers"]) {
      doors.store.client.sqlite.exec(forget);
      if (path === "rules" && forget !== "SELECT 1") continue;
      const again = await ask(doors, ann, path, body);
      expect([again.status, again.body.detail]).toEqual([409, expect.stringContaining("was removed")]);
    }
  }
  expect([doors.store.schedules.count(), doors.store.rules.all().length]).toEqual([0, 0]);
});

/** Posts twice, as after a kill between the effect and the answer, and returns both answers. */
async function twice(doors: Doors, who: Record<string, string>, path: string, body: object, status = 200) {
  const first = await post(doors, who, path, path, body);
  losesAnswers(doors);
  const again = await post(doors, who, path, path, body);
  expect([first.status, again.status, again.replayed]).toEqual([status, status, undefined]);
  return [first.body, again.body];
}

test("a grant and a message take effect once even if the server died before storing its answer", async () => {
  const doors = await startDoors({ work: false });
  const [ann, ben] = [await doors.signedIn("admin"), await doors.signedIn("admin")];
  const submission = { task: "Look", agent: "worker", grant: { cost_usd: 1 } };
  const { body: tree } = await post(doors, ann, "k", "trees", submission);
  const { sqlite } = doors.store.client;
  const [grant, steer] = [`tasks/${tree.root_task_id}/grant`, `tasks/${tree.root_task_id}/steer`];
  const letters = () => Number(sqlite.prepare("SELECT count(*) FROM letters").pluck().get());
  const cap = () => sqlite.prepare("SELECT grant_micro_usd FROM tasks").pluck().get();

  const [granted, grantedAgain] = await twice(doors, ann, grant, { cost_usd: 2 });
  expect([grantedAgain, cap()]).toEqual([granted, 3_000_000]);
  const before = letters();
  const [sent, sentAgain] = await twice(doors, ann, steer, { text: "Look below, too." });
  expect([sentAgain, letters() - before]).toEqual([sent, 1]);
  // The same key of another person is another key, and so is another key of the same person.
  await post(doors, ben, grant, grant, { cost_usd: 2 });
  await post(doors, ann, "other", grant, { cost_usd: 2 });
  expect(cap()).toBe(7_000_000);
});

test("“Run now” begins one tree of a schedule even if the server died before storing its answer", async () => {
  const doors = await startDoors({ work: false });
  const [ann, ben] = [await doors.signedIn("admin"), await doors.signedIn("admin")];
  const added = { cron: "0 9 * * *", submission: { task: "Look", agent: "worker" } };
  const { id } = (await post(doors, ann, "k", "schedules", added)).body;
  const path = `schedules/${id}/run`;
  const [begun, again] = await twice(doors, ann, path, {}, 201);
  expect(again).toEqual(begun);
  // The server is killed between the tree and the note of it.
  doors.store.client.sqlite.exec("DELETE FROM answers WHERE status = 1; UPDATE schedule_runs SET outcome = 'pending'");
  losesAnswers(doors);
  expect((await post(doors, ann, path, path, {})).body).toEqual(begun);
  expect((await trees(doors)).items.map((tree) => tree.id)).toEqual([begun.tree]);
  const runs = async () => (await doors.trial.runtime.application.queries.getSchedule(id)).runs;
  expect((await runs()).map(({ outcome, tree }) => [outcome, tree?.id])).toEqual([["begun", begun.tree]]);
  await post(doors, ben, path, path, {});
  await post(doors, ann, "other", path, {});
  expect((await trees(doors)).items).toHaveLength(3);
});

test("a retry and a continuation begin one attempt even if the server died before storing its answer", async () => {
  const doors = await startDoors({
    script: agentScript({ worker: [endTask("Done.")], task_evaluator: [passed()], "*": [endTask("noted")] }),
  });
  const ann = await doors.signedIn("admin");
  const { body: tree } = await post(doors, ann, "k", "trees", { task: "Look", agent: "worker" });
  const { id, root_task_id: task } = tree;
  await doors.trial.ended(id);
  const attempts = () => doors.store.client.sqlite.prepare("SELECT max(attempt) FROM tasks").pluck().get();

  const retry = `tasks/${task}/retry`;
  expect((await post(doors, ann, retry, retry, {})).body).toEqual({ sentence: "Attempt 2 starts." });
  await doors.trial.ended(id);
  losesAnswers(doors);
  expect((await post(doors, ann, retry, retry, {})).body).toEqual({ sentence: "The next attempt starts." });
  expect(attempts()).toBe(2);

  const goesOn = `tasks/${task}/continue`;
  const { body: continued } = await post(doors, ann, goesOn, goesOn, { text: "Look below, too." });
  expect(continued).toMatchObject({ by: "retry", task_id: task });
  await doors.trial.ended(id);
  losesAnswers(doors);
  expect((await post(doors, ann, goesOn, goesOn, { text: "Look below, too." })).body).toEqual(continued);
  expect(attempts()).toBe(3);
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
