/** What happens to schedules between two steps of their watch: changes by people, faults, wrong clocks, old rows. */
import { expect, test } from "vitest";
import { UserError } from "@/agents/application";
import { startScheduleWatch } from "@/agents/schedules/watch";
import type { NewSchedule } from "@/core/shapes/schedules";
import type { Submission } from "@/core/shapes/submission";
import { gate, tester, trialsOfThisFile, until } from "@/tests/agents/scenario";

const start = trialsOfThisFile();
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MONDAY = Date.UTC(2027, 0, 4, 8, 30);
const NINE: NewSchedule = { cron: "0 9 * * *", zone: "UTC", submission: { task: "Tidy up", agent: "worker" } };

/** A watch on a clock that the test sets, which submits nothing. */
async function watchAt({ submit = async () => {} }: { submit?: (given: Submission) => Promise<unknown> } = {}) {
  let nowMs = MONDAY;
  const now = () => nowMs;
  const trial = await start({}, { work: false, runtime: { now } });
  const { store, application } = trial.runtime;
  const submitted: { task: string; by: string }[] = [];
  const watch = startScheduleWatch({
    store,
    now,
    leads: () => true,
    timers: { every: () => () => {}, after: () => () => {} } as never,
    submit: async (submission, { name: by }) => {
      submitted.push({ task: submission.task, by });
      await submit(submission);
    },
    evolve: async () => ({ run: "" }),
    refusalOf: () => null,
    report: (message, error) => trial.faults.push(`${message} ${error}`),
  });
  const add = (given: Partial<NewSchedule> = {}) => application.commands.addSchedule({ ...NINE, ...given }, tester);
  const set = (ms: number) => {
    nowMs = ms;
  };
  const next = (id: string) => store.schedules.get(id)?.nextAtMs;
  return { trial, store, ...application, watch, submitted, add, set, next, sqlite: store.client.sqlite };
}

test("a run that waits for its turn begins with the schedule of that moment, or not at all", async () => {
  const goes = gate();
  const { commands, queries, watch, submitted, add, set } = await watchAt({ submit: () => goes.opened });
  for (let at = 0; at < 4; at += 1) await add();
  const { id: paused } = await add({ submission: { task: "Paused", agent: "worker" } });
  const { id: removed } = await add({ submission: { task: "Removed", agent: "worker" } });
  const { id: changed } = await add({ submission: { task: "Before", agent: "worker" } });
  set(MONDAY + HOUR_MS);
  const checked = watch.check();
  await until(() => submitted.length === 4, "as many are created as at once");
  await commands.pauseSchedule({ id: paused }, tester);
  await commands.removeSchedule({ id: removed }, tester);
  const other = { ...tester, id: "owner:other", name: "other" };
  await commands.changeSchedule({ id: changed, submission: { task: "After", agent: "worker" } }, other);
  goes.open();
  await checked;
  expect(submitted.slice(4)).toEqual([{ task: "After", by: "other" }]);
  await watch.check();
  expect((await queries.getSchedule(paused)).runs).toMatchObject([
    { outcome: "skipped", sentence: expect.stringContaining("The schedule was paused before the tree began.") },
  ]);
});

test("a start that failed with an earlier version of the schedule does not pause the one that a person has repaired", async () => {
  const goes = gate();
  const found = await watchAt({
    submit: async () => {
      await goes.opened;
      // The role was lost meanwhile.
      throw new UserError("forbidden", "No.");
    },
  });
  const { commands, queries, watch, submitted, add, set } = found;
  const { id } = await add();
  set(MONDAY + HOUR_MS);
  const checked = watch.check();
  await until(() => submitted.length === 1, "its tree is being created");
  await commands.changeSchedule({ id, submission: { task: "Better", agent: "worker" } }, tester);
  goes.open();
  await checked;
  expect(await queries.getSchedule(id)).toMatchObject({ paused: null, runs: [{ outcome: "failed" }] });
  set(MONDAY + DAY_MS + HOUR_MS);
  await watch.check();
  expect((await queries.getSchedule(id)).paused).toMatchObject({ by: null, sentence: "No." });
});

test("a failed run, the pause that follows and its row of the audit are one: killed in between, there is none", async () => {
  const { trial, commands, queries, watch, add, set, sqlite } = await watchAt();
  const ann = "ann@example.org";
  await commands.addUser({ email: ann, role: "operator" }, tester);
  const user = (await queries.listUsers()).find(({ email }) => email === ann);
  const { id } = await commands.addSchedule(NINE, { id: `user:${user?.id}`, name: ann, role: "operator" });
  await commands.removeUser({ id: ann }, tester);
  await add();
  sqlite.exec("CREATE TRIGGER killed BEFORE INSERT ON audit BEGIN SELECT raise(ABORT, 'killed here'); END");
  set(MONDAY + HOUR_MS);
  await watch.check();
  expect(await queries.getSchedule(id)).toMatchObject({ paused: null, runs: [{ outcome: "pending" }] });
  expect(trial.faults.splice(0).join()).toContain("killed here");
  sqlite.exec("DROP TRIGGER killed");
  set(MONDAY + 2 * HOUR_MS);
  await watch.check();
  const sentence = `${ann} is no longer a user.`;
  expect(await queries.getSchedule(id)).toMatchObject({
    paused: { by: null, sentence },
    runs: [{ outcome: "failed" }],
  });
  expect((await queries.listAudit({ action: "pauseSchedule" })).items).toMatchObject([
    { actor: "Banyan", subject: id },
  ]);
});

test("a clock that is set back while the server runs does not leave a schedule silent until the wrong time", async () => {
  const { watch, submitted, add, set, next } = await watchAt();
  const { id } = await add();
  set(MONDAY + 365 * DAY_MS + HOUR_MS);
  await watch.check();
  expect(next(id)).toBe(Date.UTC(2028, 0, 5, 9));
  set(MONDAY);
  await watch.check();
  expect(next(id)).toBe(Date.UTC(2027, 0, 4, 9));
  set(MONDAY + HOUR_MS);
  await watch.check();
  expect(submitted).toHaveLength(2);
});

test("a stored time that cannot be read any more pauses its schedule, and hides no other", async () => {
  const { queries, watch, add, set, sqlite } = await watchAt();
  const { id } = await add({ name: "a" });
  await add({ name: "b" });
  sqlite.prepare("UPDATE schedules SET zone = 'Mars/Olympus' WHERE uid = ?").run(id);
  const sentence = "There is no time zone “Mars/Olympus”: give a name such as Europe/Berlin or UTC.";
  expect(await queries.listSchedules()).toMatchObject([
    { name: "a", words: "0 9 * * *", next: [] },
    { name: "b", words: "At 09:00" },
  ]);
  expect((await queries.getSchedule(id)).notes).toEqual([sentence]);
  set(MONDAY + HOUR_MS);
  await watch.check();
  expect(await queries.getSchedule(id)).toMatchObject({ paused: { by: null, sentence }, runs: [] });
  expect((await queries.listSchedules()).map(({ last }) => last?.outcome ?? null)).toEqual([null, "begun"]);
});

test("a change beside a resume brings no times back that passed while it was paused", async () => {
  const { commands, add, set, next } = await watchAt();
  const { id } = await add();
  await commands.pauseSchedule({ id }, tester);
  set(MONDAY + 3 * DAY_MS);
  await Promise.all([commands.resumeSchedule({ id }, tester), commands.changeSchedule({ id, name: "New" }, tester)]);
  expect(next(id)).toBe(Date.UTC(2027, 0, 7, 9));
});

test("a start by hand beside a removal is refused in one sentence", async () => {
  const { commands, add } = await watchAt();
  const { id } = await add();
  const [, ran] = await Promise.allSettled([
    commands.removeSchedule({ id }, tester),
    commands.runSchedule({ id }, tester),
  ]);
  expect(ran).toMatchObject({ status: "rejected", reason: { message: "Somebody has removed the schedule." } });
});

test("times whose trees were deleted are bounded in number, as skipped ones are", async () => {
  const { commands, watch, add, set, sqlite, store } = await watchAt();
  const { id } = await add();
  const { tree } = await commands.runSchedule({ id }, tester);
  const count = (where: string) => sqlite.prepare(`SELECT count(*) FROM schedule_runs WHERE ${where}`).pluck().get();
  const rowId = sqlite.prepare("SELECT id FROM trees WHERE uid = ?").pluck().get(tree) as number;
  await store.trees.delete(rowId);
  expect(count("outcome = 'begun' AND tree IS NULL")).toBe(1);
  const insert = sqlite.prepare(`
    INSERT INTO schedule_runs (schedule_id, due_at_ms, cause, outcome, missed, created_at_ms)
    SELECT id, ?, 'time', 'begun', 0, 1 FROM schedules WHERE uid = ?`);
  for (let due = 1; due <= 300; due += 1) insert.run(due, id);
  set(MONDAY + HOUR_MS);
  await watch.check();
  expect(count("tree IS NULL")).toBe(100);
});
