/** Schedules on a clock of the test: what begins, what is missed and caught up, what pauses them, and who may do what. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { guarded } from "@/agents/guard/guard";
import { storeNews } from "@/agents/webhooks/news";
import { fold } from "@/core/evolve";
import type { Actor, Role } from "@/core/rules/roles";
import type { NewSchedule } from "@/core/shapes/schedules";
import type { WebhookBody } from "@/core/shapes/webhooks";
import { endTask } from "@/tests/agents/replies";
import { gate, tester, trialsOfThisFile, until } from "@/tests/agents/scenario";
import type { Trial, TrialOptions } from "@/tests/agents/trial";

const start = trialsOfThisFile();
const HOUR_MS = 3_600_000;
const SLOWER = 100;
const DAY_MS = 24 * HOUR_MS;
const SCRIPT = { "Tidy up": endTask("Tidied."), "@task_evaluator": endTask("pass"), "*": endTask("noted") };
const NINE: NewSchedule = { cron: "0 9 * * *", zone: "UTC", submission: { task: "Tidy up", agent: "worker" } };

/** A runtime whose clock begins on Monday 4 January 2027 at 08:30 UTC, and is so slow that a busy machine is not late. */
async function startAt(script: Parameters<typeof start>[0] = SCRIPT, options: TrialOptions = {}) {
  const beganMs = Date.now();
  let passedMs = 0;
  const now = () => Math.floor(Date.UTC(2027, 0, 4, 8, 30) + (Date.now() - beganMs) / SLOWER + passedMs);
  const trial = await start(script, { ...options, runtime: { now } });
  return { trial, now, ...viewsOf(trial), pass: (ms: number) => (passedMs += ms) };
}

function viewsOf(trial: Trial) {
  const { queries, commands } = trial.runtime.application;
  return {
    queries,
    commands,
    poll: async () => {
      await until(() => trial.worker?.leads(), "the worker leads");
      await trial.worker?.schedules.check();
    },
    trees: async () => (await queries.listTrees({ sort: "oldest" })).items,
    runs: async (id: string) => (await queries.getSchedule(id)).runs,
  };
}

async function personCalled(trial: Trial, name: string, role: Role): Promise<Actor> {
  const { commands, queries } = trial.runtime.application;
  const email = `${name}@example.org`;
  await commands.addUser({ email, role }, tester);
  const user = (await queries.listUsers()).find((user) => user.email === email);
  return { id: `user:${user?.id}`, name: email, role };
}

test("a kill between a person's tree and its note loses nothing: the tree has begun, and blocks no later time when it has ended", async () => {
  const { trial, commands, pass, poll, trees, runs } = await startAt();
  const { id } = await commands.addSchedule({ ...NINE, name: "Tidy" }, tester);
  const ended = await trial.submit({ task: "Tidy up", agent: "worker" });
  await trial.ended(ended.id);
  const { schedules } = trial.runtime.store;
  await schedules.begin(id, "you", ended.id);
  pass(HOUR_MS / 2);
  await poll();
  expect((await trees()).map(({ schedule }) => schedule?.cause)).toEqual(["person", "time"]);
  await schedules.settleLost(Number.MAX_SAFE_INTEGER, { paused: "paused", lost: "lost" });
  const persons = (await runs(id)).find(({ cause }) => cause === "person");
  expect(persons).toMatchObject({ outcome: "begun", sentence: null });
});

test("at its time one tree begins, which names the schedule, and the audit has a row", async () => {
  const { trial, commands, queries, pass, poll, trees, runs } = await startAt();
  const { id, sentence } = await commands.addSchedule({ ...NINE, name: "Tidy" }, tester);
  expect(sentence).toBe("Added the schedule “Tidy”. Next: Mon 4 Jan 2027, 09:00 (UTC).");
  await poll();
  expect(await trees()).toEqual([]);
  pass(HOUR_MS / 2);
  await poll();
  await poll();
  const [tree, ...others] = await trees();
  expect(others).toEqual([]);
  const due = { id, name: "Tidy", due_at: "2027-01-04T09:00:00.000Z", cause: "time" };
  expect(tree).toMatchObject({ title: "Tidy up", created_by: "tester", schedule: due });
  await trial.ended(tree!.id);
  expect(await runs(id)).toMatchObject([
    {
      outcome: "begun",
      cause: "time",
      by: null,
      missed: 0,
      sentence: null,
      tree: { id: tree!.id, status: "succeeded" },
    },
  ]);
  const schedule = await queries.getSchedule(id.slice(0, 6));
  expect(schedule).toMatchObject({ words: "At 09:00", made_by: "tester", paused: null, notes: [] });
  expect(schedule.next.map(({ local }) => local)).toEqual([
    "Tue 5 Jan 2027, 09:00",
    "Wed 6 Jan 2027, 09:00",
    "Thu 7 Jan 2027, 09:00",
  ]);
  const audit = (await queries.listAudit({ action: "submitTree" })).items;
  expect(audit).toMatchObject([{ actor: "tester", tree: tree!.id }]);
  expect(JSON.parse(audit[0]!.detail)).toMatchObject({ schedule: "Tidy", outcome: "done" });
  // A removed schedule begins nothing, and its tree still names it.
  await commands.removeSchedule({ id }, tester);
  pass(DAY_MS);
  await poll();
  expect((await trees()).map((tree) => tree.schedule)).toEqual([{ ...due, is_removed: true }]);
  await expect(queries.getSchedule(id)).rejects.toThrow("There is no schedule");
  expect(trial.faults).toEqual([]);
});

test("a tree that was read from an archive is not the run of a schedule, whose id it has", async () => {
  const { trial, commands, pass, poll, runs } = await startAt();
  const { id } = await commands.addSchedule({ ...NINE, name: "Tidy" }, tester);
  const once = `schedule ${id} ${Date.UTC(2027, 0, 4, 9)}`;
  const foreign = await commands.submitTree({ task: "Tidy up", agent: "worker", once }, tester);
  await trial.ended(foreign.id);
  trial.runtime.store.client.sqlite.prepare("UPDATE trees SET archive_hash = 'h'").run();
  pass(HOUR_MS / 2);
  await poll();
  expect(await runs(id)).toMatchObject([
    { outcome: "failed", sentence: expect.stringContaining("was read from an archive") },
  ]);
});

test("at its time the goal of a schedule begins, as it would by hand", async () => {
  const { commands, queries, pass, poll, trees } = await startAt();
  const goal = { validation_command: "true", max_iterations: 3 };
  await commands.addSchedule({ ...NINE, submission: { task: "Keep the tests green", goal } }, tester);
  pass(HOUR_MS / 2);
  await poll();
  const [tree] = await trees();
  expect(tree?.schedule).toMatchObject({ cause: "time" });
  expect(await queries.getGoal(tree!.id)).toMatchObject({ iterations_max: 3, validation_command: "true" });
});

test("times that passed without a server are said, and caught up once", async () => {
  const { trial, commands, pass, poll, trees, runs } = await startAt();
  const { id } = await commands.addSchedule(NINE, tester);
  pass(2 * DAY_MS + 3 * HOUR_MS);
  await poll();
  await poll();
  expect((await trees()).length).toBe(1);
  expect(await runs(id)).toMatchObject([
    {
      due_at: "2027-01-06T09:00:00.000Z",
      missed: 3,
      missed_since: "2027-01-04T09:00:00.000Z",
      sentence:
        "3 times missed since Mon 4 Jan 2027, 09:00: no server was working, or everything was paused. Caught up once.",
    },
  ]);
  await trial.ended((await trees())[0]!.id);
  pass(DAY_MS);
  await poll();
  expect((await runs(id)).map(({ due_local, missed }) => `${due_local} ${missed}`)).toEqual([
    "Thu 7 Jan 2027, 09:00 1",
    "Wed 6 Jan 2027, 09:00 3",
  ]);
});

test("while a tree runs the next time is skipped, or begins beside it", async () => {
  const goes = gate();
  const slow = async () => {
    await goes.opened;
    return endTask("Done.");
  };
  const { trial, commands, pass, poll, runs } = await startAt({ ...SCRIPT, Slow: slow });
  const hourly = { cron: "0 * * * *", zone: "UTC", submission: { task: "Slow", agent: "worker" } };
  const skips = await commands.addSchedule({ ...hourly, name: "skips" }, tester);
  const beside = await commands.addSchedule({ ...hourly, name: "beside", overlap: "beside" }, tester);
  pass(HOUR_MS / 2);
  await poll();
  pass(HOUR_MS);
  await poll();
  const [second, first] = await runs(skips.id);
  expect(second).toMatchObject({
    outcome: "skipped",
    sentence: "Skipped: the tree before it was still running.",
    tree: { id: first?.tree?.id },
  });
  expect((await runs(beside.id)).map(({ outcome }) => outcome)).toEqual(["begun", "begun"]);
  goes.open();
  for (const { tree } of [...(await runs(skips.id)), ...(await runs(beside.id))]) await trial.ended(tree!.id);
  pass(HOUR_MS);
  await poll();
  expect((await runs(skips.id))[0]).toMatchObject({ outcome: "begun" });
});

test("a tree that a time begins is no part of the request that made its schedule; one that a person starts is of theirs", async () => {
  const { trial, commands, pass, poll, trees } = await startAt();
  const by = (span: string) => ({ ...tester, traceparent: `00-${"4b".repeat(16)}-${span.repeat(8)}-01` });
  const { id } = await commands.addSchedule(NINE, by("a1"));
  pass(HOUR_MS / 2);
  await poll();
  await commands.runSchedule({ id }, by("b2"));
  const { loader, queries } = trial.runtime.store;
  const callerOf = ({ root_task_id }: { root_task_id: string }) => {
    const { id } = queries.trees.findTask(root_task_id);
    return fold(loader.entries(id, loader.lengthOf(id))).setup.caller;
  };
  expect((await trees()).map(callerOf)).toEqual([undefined, by("b2").traceparent]);
});

test("no request says that a schedule begins what it begins", async () => {
  const { commands, trees } = await startAt();
  const forged = { schedule: "Tidy" };
  const refused = 'There is no field "schedule"';
  await expect(commands.submitTree({ task: "Tidy up", agent: "worker", ...forged }, tester)).rejects.toThrow(refused);
  await expect(commands.evolveProject({ id: "shop", ...forged }, tester)).rejects.toThrow(refused);
  expect(await trees()).toEqual([]);
});

test("times while it is paused are not caught up; a person can start it at any time", async () => {
  const { commands, queries, pass, poll, trees, runs } = await startAt();
  const { id } = await commands.addSchedule(NINE, tester);
  await commands.pauseSchedule({ id }, tester);
  await expect(commands.pauseSchedule({ id }, tester)).rejects.toThrow("The schedule is paused already.");
  expect(await queries.getSchedule(id)).toMatchObject({ paused: { by: "tester", sentence: null }, next: [] });
  pass(2 * DAY_MS);
  await poll();
  expect(await trees()).toEqual([]);
  const { tree } = await commands.runSchedule({ id }, tester);
  expect((await trees()).map((tree) => tree.schedule)).toMatchObject([{ id, cause: "person" }]);
  expect(await commands.resumeSchedule({ id }, tester)).toEqual({
    sentence: "Resumed. Next: Wed 6 Jan 2027, 09:00 (UTC).",
  });
  await poll();
  expect(await runs(id)).toMatchObject([{ cause: "person", by: "tester", outcome: "begun", tree: { id: tree } }]);
});

test("while everything is paused no time begins, and the times are caught up once afterwards", async () => {
  const { commands, pass, poll, trees, runs } = await startAt();
  const { id } = await commands.addSchedule(NINE, tester);
  await commands.pauseEverything({ reason: "Too expensive." }, tester);
  pass(3 * DAY_MS);
  await poll();
  expect(await runs(id)).toEqual([]);
  await commands.resumeEverything({}, tester);
  await poll();
  expect((await trees()).length).toBe(1);
  expect(await runs(id)).toMatchObject([{ missed: 3, outcome: "begun" }]);
});

test("who loses the right to start tasks loses the schedule: it is paused, told, and another person can take it over", async () => {
  const { trial, commands, queries, pass, poll, trees, now } = await startAt();
  const ann = await personCalled(trial, "ann", "operator");
  const { id } = await commands.addSchedule({ ...NINE, name: "Tidy" }, ann);
  await trial.runtime.store.webhooks.add({
    uid: "hook",
    url: "https://hook.example/",
    events: ["schedule_paused"],
    createdBy: "tester",
  });
  await commands.setUserRole({ id: ann.name, role: "viewer" }, tester);
  pass(HOUR_MS);
  await poll();
  const sentence = "ann@example.org is viewer now, and starting tasks needs operator.";
  const [schedule] = await queries.listSchedules();
  expect(schedule).toMatchObject({
    paused: { by: null, sentence },
    last: { outcome: "failed", sentence: expect.any(String) },
  });
  expect(await trees()).toEqual([]);
  expect((await queries.listAudit({ action: "pauseSchedule" })).items).toMatchObject([
    { actor: "Banyan", subject: id, detail: expect.stringContaining(sentence) },
  ]);
  const sources = { ...trial.runtime.webhooks, queries, address: "https://banyan.example", now };
  await storeNews(sources);
  await storeNews(sources);
  const told = trial.runtime.store.client.sqlite
    .prepare("SELECT body FROM webhook_deliveries WHERE webhook = 'hook'")
    .pluck()
    .all() as string[];
  expect(told.map((body) => JSON.parse(body) as WebhookBody)).toMatchObject([
    {
      type: "schedule_paused",
      url: `https://banyan.example/schedules/${id}`,
      schedule: { id, name: "Tidy", sentence },
    },
  ]);
  const bob = await personCalled(trial, "bob", "operator");
  await commands.resumeSchedule({ id }, bob);
  pass(DAY_MS);
  await poll();
  expect(await trees()).toMatchObject([{ created_by: bob.name }]);
});

test("what Banyan paused needs a person, until somebody resumes it or leaves it paused; a person's pause needs nobody", async () => {
  const { trial, commands, queries, pass, poll, now } = await startAt();
  const needs = async () => (await queries.getStatus()).paused_schedules;
  const ann = await personCalled(trial, "ann", "operator");
  const { id: first } = await commands.addSchedule({ ...NINE, name: "first" }, ann);
  const { id: second } = await commands.addSchedule({ ...NINE, name: "second", cron: "5 9 * * *" }, ann);
  const { id: own } = await commands.addSchedule({ ...NINE, name: "own" }, tester);
  await commands.pauseSchedule({ id: own }, tester);
  expect(await needs()).toEqual([]);
  await commands.removeUser({ id: ann.name }, tester);
  for (const minutes of [31, 5]) {
    pass(minutes * 60_000);
    await poll();
  }
  const sentence = "ann@example.org is no longer a user.";
  expect(await needs()).toMatchObject([
    { id: second, name: "second", sentence },
    { id: first, name: "first", sentence },
  ]);
  expect(Date.parse((await needs())[0]!.at)).toBeLessThanOrEqual(now());
  expect(await commands.pauseSchedule({ id: first }, tester)).toEqual({
    sentence: "It stays paused, and no longer needs anybody. You can still resume it.",
  });
  expect((await queries.getSchedule(first)).paused).toMatchObject({ by: "tester", sentence });
  expect((await needs()).map(({ name }) => name)).toEqual(["second"]);
  await expect(commands.pauseSchedule({ id: first }, tester)).rejects.toThrow("The schedule is paused already.");
  await commands.resumeSchedule({ id: second }, tester);
  expect(await needs()).toEqual([]);
});

test("a removed user, a revoked or expired token and a lost right pause what they made", async () => {
  const { trial, commands, queries, pass, poll, trees } = await startAt();
  const ann = await personCalled(trial, "ann", "operator");
  const bob = await personCalled(trial, "bob", "reviewer");
  const { id: tokenId } = await commands.createToken({ role: "operator", name: "ci" }, tester);
  const token: Actor = { id: `token:${tokenId}`, name: "tester (token ci)", role: "operator" };
  await commands.createToken({ role: "operator", name: "day", days: 1 }, tester);
  const [day] = (await queries.listTokens()).filter(({ name }) => name === "day");
  await commands.addSchedule(
    { ...NINE, name: "d", overlap: "beside" },
    { ...token, id: `token:${day?.id}`, name: "tester (token day)" },
  );
  await commands.addSchedule({ ...NINE, name: "a" }, ann);
  await commands.addSchedule({ ...NINE, name: "b", submission: { ...NINE.submission, rights: ["change"] } }, bob);
  await commands.addSchedule({ ...NINE, name: "c" }, token);
  await commands.removeUser({ id: ann.name }, tester);
  await commands.setUserRole({ id: bob.name, role: "operator" }, tester);
  await commands.revokeToken({ id: tokenId }, tester);
  pass(HOUR_MS);
  await poll();
  expect((await trees()).map(({ created_by }) => created_by)).toEqual(["tester"]);
  pass(DAY_MS);
  await poll();
  expect((await queries.listSchedules()).map(({ paused }) => paused?.sentence)).toEqual([
    "ann@example.org is no longer a user.",
    "bob@example.org is operator now, and giving a task the right “change” needs reviewer.",
    "The token of tester (token ci) was revoked.",
    "The token of tester (token day) has expired.",
  ]);
  expect(await trees(), "the token was valid on the first day").toHaveLength(1);
});

test("starts that fail again and again pause the schedule with the reason", async () => {
  const { commands, queries, pass, poll, runs } = await startAt();
  const submission = { ...NINE.submission, workspace: "/no/such/folder" };
  const { id } = await commands.addSchedule({ ...NINE, submission }, tester);
  pass(HOUR_MS / 2);
  for (let day = 0; day < 6; day += 1) {
    await poll();
    pass(DAY_MS);
  }
  expect((await runs(id)).map(({ outcome }) => outcome)).toEqual(Array(5).fill("failed"));
  const { paused } = await queries.getSchedule(id);
  expect(paused).toMatchObject({
    by: null,
    sentence: expect.stringMatching(/^5 starts in a row failed\. The last: .*\/no\/such/),
  });
});

test("a database at its limit costs no time: the run waits for room, and is no failed start", async () => {
  const { trial, commands, pass, poll, trees, runs } = await startAt(SCRIPT, { env: { BANYAN_MAX_DB_MB: "2" } });
  const { id } = await commands.addSchedule(NINE, tester);
  const { sqlite } = trial.runtime.store.client;
  sqlite.exec("CREATE TABLE filler (filling BLOB); INSERT INTO filler VALUES (zeroblob(3000000))");
  await expect(trial.submit(NINE.submission)).rejects.toThrow("BANYAN_MAX_DB_MB");
  pass(HOUR_MS / 2);
  await poll();
  pass(HOUR_MS);
  await poll();
  expect(await runs(id)).toMatchObject([{ outcome: "pending", due_local: "Mon 4 Jan 2027, 09:00" }]);
  expect(trial.runtime.store.schedules.get(id)).toMatchObject({ failures: 0, pausedAtMs: null });
  expect(await trees()).toEqual([]);
  sqlite.exec("DROP TABLE filler; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
  pass(HOUR_MS);
  await poll();
  expect(await runs(id)).toMatchObject([{ outcome: "begun", due_local: "Mon 4 Jan 2027, 09:00" }]);
  expect((await trees()).length).toBe(1);
  expect(trial.faults).toEqual([]);
});

test("a viewer may only look, and nobody gives a schedule more rights than their own", async () => {
  const { trial, queries, commands } = await startAt();
  const { application } = trial.runtime;
  const as = (role: Role) => {
    const actor: Actor = { id: `user:${role}`, name: role, role };
    return guarded(application, actor);
  };
  const viewer = as("viewer");
  const { id } = await commands.addSchedule({ ...NINE, submission: { ...NINE.submission, rights: ["host"] } }, tester);
  expect((await viewer.queries.listSchedules()).length).toBe(1);
  expect((await viewer.queries.previewTimes("0 9 * * *", "UTC")).next.length).toBe(3);
  const refused = "You are signed in as viewer; starting and steering tasks needs operator: ask an admin.";
  for (const attempt of [
    () => viewer.commands.addSchedule(NINE),
    () => viewer.commands.changeSchedule({ id, name: "x" }),
    () => viewer.commands.pauseSchedule({ id }),
    () => viewer.commands.resumeSchedule({ id }),
    () => viewer.commands.runSchedule({ id }),
    () => viewer.commands.removeSchedule({ id }),
  ])
    await expect(attempt()).rejects.toThrow(refused);
  const operator = as("operator");
  const beyond = "giving a task the right “host” needs admin";
  const host = { ...NINE, submission: { ...NINE.submission, rights: ["host" as const] } };
  await expect(operator.commands.addSchedule(host)).rejects.toThrow(beyond);
  await expect(operator.commands.changeSchedule({ id, name: "mine" })).rejects.toThrow(beyond);
  await expect(operator.commands.runSchedule({ id })).rejects.toThrow(beyond);
  const elsewhere = { ...NINE, submission: { ...NINE.submission, workspace: "/etc" } };
  await expect(operator.commands.addSchedule(elsewhere)).rejects.toThrow("BANYAN_WORKSPACE_ROOTS");
  await operator.commands.pauseSchedule({ id });
  await expect(operator.commands.resumeSchedule({ id })).rejects.toThrow(beyond);
  expect((await queries.listTrees()).items).toEqual([]);
});

test("what cannot be right is refused before it is saved", async () => {
  const { commands, queries } = await startAt();
  const refusals: [Partial<NewSchedule>, string][] = [
    [{ cron: "0 25 * * *" }, "The hour “25” is not valid"],
    [{ zone: "Europe/Nowhere" }, "There is no time zone “Europe/Nowhere”"],
    [{ name: "n".repeat(101) }, "longer than the limit of 100 characters"],
    [{ submission: { task: " " } }, "The task is empty"],
    [{ submission: { task: "x", agent: "nobody" } }, "There is no agent nobody"],
    [{ submission: { task: "x", pool: "linux" } }, "This server has no runners"],
    [{ overlap: "queue" as never }, '"overlap" must be skip or beside.'],
  ];
  for (const [wrong, sentence] of refusals)
    await expect(commands.addSchedule({ ...NINE, ...wrong }, tester)).rejects.toThrow(sentence);
  expect(await queries.listSchedules()).toEqual([]);
  const { id } = await commands.addSchedule(NINE, tester);
  await commands.changeSchedule({ id, cron: "30 2 * * *", zone: "Europe/Berlin", name: "Nightly" }, tester);
  const changed = await queries.getSchedule(id);
  expect(changed).toMatchObject({ name: "Nightly", words: "At 02:30", zone: "Europe/Berlin" });
  expect(changed.notes).toEqual([
    "Sun 28 Mar 2027: the clocks go forward and the time does not exist, so it begins at 03:00, once.",
    "Sun 31 Oct 2027: the clocks go back and 02:30 exists twice. It begins at the first, once.",
  ]);
});

test("a clock that was far ahead, and one that is set back, lead to no second tree and no long silence", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "banyan-schedules-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const before = await startAt(SCRIPT, { dataDir });
  const { id } = await before.commands.addSchedule({ ...NINE, overlap: "beside" }, tester);
  before.pass(HOUR_MS);
  await before.poll();
  const [tree] = await before.trees();
  await before.trial.ended(tree!.id);
  before.trial.runtime.store.client.sqlite
    .prepare("UPDATE schedules SET next_at_ms = next_at_ms + ? WHERE uid = ?")
    .run(365 * DAY_MS, id);
  await before.trial.worker?.stop(2_000);
  // The clock shows again a time before the one that has begun.
  const after = await startAt(SCRIPT, { dataDir });
  const nextMs = () => after.trial.runtime.store.schedules.get(id)?.nextAtMs;
  await after.poll();
  expect(nextMs()).toBe(Date.UTC(2027, 0, 4, 9));
  after.pass(HOUR_MS);
  await after.poll();
  expect(nextMs()).toBe(Date.UTC(2027, 0, 5, 9));
  expect((await after.trees()).map((tree) => tree.id)).toEqual([tree!.id]);
  expect((await after.runs(id)).length).toBe(1);
});
