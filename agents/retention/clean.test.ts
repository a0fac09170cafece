import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import type { RetentionLimits } from "@/core/rules/retention";
import { insertSmallTree } from "@/db/testing/small-tree";
import { ownIdentity } from "@/lib/process/identity";
import { clean } from "./clean";
import { fatesOf } from "./fates";
import { droppableSnapshots } from "./snapshots";
import { DAY, end, installation, NOW } from "./testing/ended-trees";
import { cleanIfDue, nextRunMs } from "./watch";

const BY_AGE: RetentionLimits = { days: 30, bytes: null, keepsGoals: true };
const UNSET = { days: null, megabytes: null, keepsGoals: null };
const WATCH = { retentionSettings: UNSET, isTrial: () => false, report: () => {} };

const key = (uid: string) => `(SELECT id FROM trees WHERE uid = '${uid}')`;
const rootKey = (uid: string) => `(SELECT root_id FROM trees WHERE uid = '${uid}')`;

test("a run removes old trees with their workspaces; open and young trees stay", async () => {
  const { sources, names, hasFolder, store } = await installation({ open: null, old: 40, young: 3, older: 50 });
  expect(await clean(sources, () => BY_AGE, "person")).toMatchObject({ removed: 2 });
  expect(names()).toEqual(["open", "young"]);
  expect(["open", "old", "young", "older"].map(hasFolder)).toEqual([true, false, true, false]);
  expect(store.retention.read()).toMatchObject({ claim: null, last: { removed: 2, cause: "person", problem: null } });
});

test("what the rows say keeps a tree, and the preview says why", async () => {
  const uids = [
    "pinned",
    "unseen",
    "seen",
    "listed",
    "asked",
    "pursued",
    "nightly",
    "forked",
    "tried",
    "changed",
    "pulled",
    "offered",
    "offered-part",
  ];
  const { sources, names, run, store } = await installation({
    ...Object.fromEntries([...uids, "merged", "unlinked", "gone", "failed", "merged-part"].map((uid) => [uid, 40])),
    fork: null,
  });
  await store.retentionTrees.pin(store.queries.trees.treeKey("pinned"), "mara");
  for (const uid of ["unseen", "seen", "listed"]) run(`UPDATE tasks SET status = 'failed' WHERE uid = '${uid}-root'`);
  await store.seen.mark("mara", store.queries.trees.treeKey("seen"));
  // As an earlier version marked it.
  run(`INSERT INTO facts VALUES ('seen jonas', json_array(${key("listed")}))`);
  const review = (uid: string, status: string) => `INSERT INTO reviews
    (uid, tree_id, task_id, kind, title, detail, status, facts, created_at_ms)
    VALUES ('item-${uid}', ${key(uid)}, ${rootKey(uid)}, 'flag', 't', 'd', '${status}', '{}', 0)`;
  run(review("asked", "open"));
  run(review("changed", "approved"));
  run(`INSERT INTO proposals (review_id, kind, name, body, hash, status, proposed_by, created_at_ms)
    SELECT id, 'code', 'n', '{}', 'h', 'approved', 'a', 0 FROM reviews WHERE uid = 'item-changed'`);
  run(`UPDATE tasks SET agent = 'goal' WHERE uid = 'pursued-root'`);
  run(`UPDATE trees SET forked_from = 'forked' WHERE uid = 'fork'`);
  run(`INSERT INTO trials (uid, kind, name, base_version, version, hash, metric, review, task, proposed_by, approved_by,
    status, started_at_ms, ends_at_ms) VALUES ('t', 'agent', 'a', 1, 2, 'h', 'verdict', 'r', 'tried-root', 'a', 'b', 'open', 0, 1)`);
  run("PRAGMA foreign_keys = OFF");
  run(`INSERT INTO forge_issues (project_id, number, title, url, body, author, asked_by, tree, state, branch, created_at_ms,
      changed_at_ms)
    VALUES (7, 1, 't', 'u', 'b', 'a', 'a', 'pulled', 'open', 'x', 0, 0), (7, 2, 't', 'u', 'b', 'a', 'a', 'merged', 'merged', 'x', 0, 0),
      (8, 3, 't', 'u', 'b', 'a', 'a', 'unlinked', 'open', 'x', 0, 0)`);
  // A comment on its pull request lets a failed one go on.
  run(`INSERT INTO forge_issues (id, project_id, number, title, url, body, author, asked_by, tree, state, pull, branch,
      created_at_ms, changed_at_ms)
    VALUES (4, 7, 4, 't', 'u', 'b', 'a', 'a', 'offered', 'failed', 1, 'x', 0, 0),
      (5, 7, 5, 't', 'u', 'b', 'a', 'a', 'offered-part', 'failed', NULL, 'x', 0, 0),
      (6, 7, 6, 't', 'u', 'b', 'a', 'a', 'failed', 'failed', NULL, 'x', 0, 0),
      (7, 7, 7, 't', 'u', 'b', 'a', 'a', 'merged-part', 'failed', NULL, 'x', 0, 0)`);
  run(`INSERT INTO forge_pulls (issue_id, folder, state, pull, created_at_ms, changed_at_ms)
    VALUES (5, 'a', 'merged', 2, 0, 0), (5, 'b', 'open', 3, 0, 0), (6, 'a', 'working', NULL, 0, 0), (7, 'a', 'merged', 4, 0, 0)`);
  run(`INSERT INTO schedule_runs (schedule_id, due_at_ms, cause, outcome, tree, created_at_ms)
    VALUES (7, 1, 'time', 'begun', 'gone', 0), (7, 2, 'time', 'begun', 'nightly', 0)`);
  /** Inserts a row with these values, and with anything in the other columns that need one. */
  const fill = (table: string, values: Record<string, number>) => {
    const columns = store.client.sqlite.pragma(`table_info(${table})`) as {
      name: string;
      type: string;
      notnull: number;
    }[];
    const needed = columns.filter(({ name, notnull }) => notnull === 1 && name !== "id" && !(name in values));
    const anything = needed.map(({ type }) => (/int/i.test(type) ? 0 : "'x'"));
    run(`INSERT INTO ${table} (${[...Object.keys(values), ...needed.map(({ name }) => name)]})
      VALUES (${[...Object.values(values), ...anything]})`);
  };
  fill("forge_links", { project_id: 7 });
  fill("schedules", { id: 7 });
  run("PRAGMA foreign_keys = ON");

  const fates: Record<string, string> = {};
  for await (const { tree, fate } of fatesOf(sources, BY_AGE))
    fates[tree.uid] = "stays" in fate ? fate.stays : `goes by ${fate.goes}`;
  expect(fates).toEqual({
    pinned: "pinned",
    unseen: "unseen_failure",
    seen: "goes by age",
    listed: "goes by age",
    asked: "open_review",
    pursued: "goal",
    nightly: "schedule",
    forked: "fork",
    tried: "trial",
    changed: "change",
    pulled: "open_change",
    offered: "open_change",
    "offered-part": "open_change",
    merged: "goes by age",
    unlinked: "goes by age",
    gone: "goes by age",
    failed: "goes by age",
    "merged-part": "goes by age",
  });
  await clean(sources, () => BY_AGE, "person");
  expect(names()).toEqual(uids.filter((uid) => fates[uid] !== "goes by age").concat("fork"));
});

test("a folder that a person named is never touched, also when it is inside the workspace of an old tree", async () => {
  const { sources, dataDir, names, run, store, hasFolder } = await installation({ own: 40, user: null });
  const folder = join(dataDir, "mine");
  mkdirSync(folder);
  await insertSmallTree(store, { uid: "placed", instruction: "placed", workspace: folder });
  run("UPDATE trees SET in_place = 1 WHERE uid = 'placed'");
  end(store, "placed", NOW - 40 * DAY);
  run(`UPDATE trees SET in_place = 1, workspace = '${join(dataDir, "workspaces", "own", "part")}' WHERE uid = 'user'`);
  expect(await clean(sources, () => BY_AGE, "person")).toMatchObject({ removed: 1 });
  expect(names()).toEqual(["own", "user"]);
  expect([existsSync(folder), hasFolder("own")]).toEqual([true, true]);
});

test("snapshots of a tree that only a replaced database or a fork in the making knows are not dropped", async () => {
  const { store } = await installation({ last: 30, first: 40, open: null });
  const drops = droppableSnapshots({ store, retentionSettings: UNSET }, ["unknown", "open", "last", "first"]);
  expect(await drops).toEqual(["first", "last"]);
});

test("copies of repositories and folders of other databases, which no removal frees, remove nothing by size", async () => {
  const { sources, dataDir } = await installation({ old: 40 });
  for (const folder of ["cache/forge-1", "workspaces/of-another-database"]) {
    mkdirSync(join(dataDir, folder), { recursive: true });
    writeFileSync(join(dataDir, folder, "big"), Buffer.alloc(10_000_000, 1));
  }
  const limits = { ...BY_AGE, days: null, bytes: 5_000_000 };
  expect(await clean(sources, () => limits, "person")).toMatchObject({ removed: 0 });
  mkdirSync(join(dataDir, "cache", "old"), { recursive: true });
  writeFileSync(join(dataDir, "cache", "old", "big"), Buffer.alloc(6_000_000, 1));
  expect(await clean(sources, () => limits, "person")).toMatchObject({ removed: 1 });
});

test("by size the oldest go until the rest fits, and not more", async () => {
  const { sources, names, dataDir } = await installation({ oldest: 9, middle: 8, newest: 7 });
  for (const uid of ["oldest", "middle", "newest"])
    writeFileSync(join(dataDir, "workspaces", uid, "big"), Buffer.alloc(4_000_000, 1));
  const bytes = sources.store.queries.status.sizeBytes() + 9_000_000;
  await clean(sources, () => ({ days: null, bytes, keepsGoals: true }), "person");
  expect(names()).toEqual(["middle", "newest"]);
});

test("a tree says who pinned it and when, and watchers of the tree hear of both changes", async () => {
  const { store } = await installation({ kept: 40 });
  const heard: string[] = [];
  onTestFinished(store.log.onCommit((commits) => void heard.push(...commits.map(({ treeUid }) => treeUid))));
  const pinned = () => store.queries.trees.getTree("kept", "none", NOW).pinned;
  const pin = (by: string | null) => store.retentionTrees.pin(store.queries.trees.treeKey("kept"), by);
  expect(pinned()).toBe(undefined);
  expect([await pin("mara"), await pin("jonas")]).toEqual([true, false]);
  expect(pinned()).toEqual({ by: "mara", at: new Date(NOW).toISOString() });
  expect([await pin(null), await pin(null)]).toEqual([true, false]);
  expect(pinned()).toBe(undefined);
  expect(heard).toEqual(["kept", "kept"]);
});

test("a tree that is pinned while the run is at work stays", async () => {
  const { sources, names, store } = await installation({ first: 50, second: 40 });
  const pinsNext = {
    drop: () => store.retentionTrees.pin(store.queries.trees.treeKey("second"), "mara").then(() => {}),
  };
  await clean({ ...sources, snapshots: pinsNext }, () => BY_AGE, "person");
  expect(names()).toEqual(["second"]);
});

test("a run that has begun follows the limits that are saved meanwhile, also while a tree is archived", async () => {
  for (const saved of [{ days: 0 }, { days: 45 }, { keepsGoals: true }]) {
    const { sources, names, store, run } = await installation({ first: 50, goal: 44, last: 42 });
    run(`UPDATE tasks SET agent = 'goal' WHERE uid = 'goal-root'`);
    await store.retention.set({ days: 30, keepsGoals: false, archives: true });
    let archived = 0;
    const archive = async () => {
      archived += 1;
      if (archived === 2) await store.retention.set(saved);
    };
    await cleanIfDue({ ...sources, ...WATCH, archive });
    expect(names()).toEqual("keepsGoals" in saved ? ["goal"] : ["goal", "last"]);
  }
});

test("a pause of everything ends the run of the schedule and a person's; a person may clean while all is paused", async () => {
  for (const cause of ["schedule", "person"] as const) {
    const { sources, names, store } = await installation({ first: 50, second: 40 });
    const pauses = { drop: () => store.halts.begin("mara", "").then(() => {}), trees: async () => [] };
    await clean({ ...sources, snapshots: pauses }, () => BY_AGE, cause);
    expect(names()).toEqual(["second"]);
    expect(store.retention.read()).toMatchObject({
      claim: null,
      last: { removed: 1, problem: "Stopped, because everything was paused." },
    });
    await store.retention.set({ days: 30 });
    sources.now = () => NOW + 2 * DAY;
    expect(await cleanIfDue({ ...sources, ...WATCH })).toBe(false);
    expect(await clean(sources, () => BY_AGE, "person")).toMatchObject({ removed: 1 });
    expect(store.retention.read().last?.problem).toBe(null);
  }
});

test("after a leap of the clock nothing is removed for a day, and nothing at all once the clock is right again", async () => {
  const { sources, store, names, clock } = await installation({ old: 40, young: 1 });
  const reports: string[] = [];
  const watch = { ...sources, ...WATCH, report: (sentence: string) => reports.push(sentence) };
  const due = async (days: number) => {
    clock.ms = NOW + days * DAY;
    return await cleanIfDue(watch);
  };
  await store.retention.set({ days: 30 });
  expect(await due(0)).toBe(true);
  expect([await due(365), await due(365.5)]).toEqual([false, false]);
  expect(reports).toEqual([expect.stringContaining("The clock says that 365 days went by")]);
  expect(nextRunMs(store.retention.read(), clock.ms)).toBe(NOW + 366 * DAY);
  // The clock was set back. What was noticed then says nothing about a later leap.
  expect(await due(1)).toBe(true);
  expect(names()).toEqual(["young"]);
  expect([await due(364), await due(364.9), await due(365)]).toEqual([false, false, true]);
  expect(names()).toEqual([]);
  // A run that was killed is no reason to trust the clock.
  const dead = { ...ownIdentity(), pid: 2 ** 30, processStart: "0" };
  await store.retention.claim(
    { cause: "schedule", begunAtMs: clock.ms, removed: 0, bytes: 0, holder: dead },
    () => true,
  );
  expect([await due(800), await due(801)]).toEqual([false, true]);
});

test("only one process cleans at once", async () => {
  const { sources, store, names } = await installation({ old: 40 });
  await store.retention.claim(
    { cause: "person", begunAtMs: NOW, removed: 0, bytes: 0, holder: ownIdentity() },
    () => true,
  );
  expect(await clean(sources, () => BY_AGE, "person")).toBe(null);
  expect(names()).toEqual(["old"]);
});

test("a run whose end the full disk does not take ends when there is space", async () => {
  const { sources, store, names } = await installation({ old: 40 });
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  let isFull = true;
  const full = () => Promise.reject(new Error("The disk is full."));
  const finish: typeof store.retention.finish = (...args) => (isFull ? full() : store.retention.finish(...args));
  const failing = {
    ...store,
    retention: { ...store.retention, finish },
    retentionTrees: { ...store.retentionTrees, remove: full },
  };
  await expect(clean({ ...sources, store: failing }, () => BY_AGE, "person")).rejects.toThrow("The disk is full.");
  expect(await clean(sources, () => BY_AGE, "person")).toBe(null);
  isFull = false;
  await vi.advanceTimersByTimeAsync(30_000);
  vi.useRealTimers();
  await expect
    .poll(() => store.retention.read())
    .toMatchObject({ claim: null, last: { problem: "The disk is full." } });
  expect(await clean(sources, () => BY_AGE, "person")).toMatchObject({ removed: 1 });
  expect(names()).toEqual([]);
});

test("nothing goes while nobody has set a limit; then the server cleans once a day", async () => {
  const { sources, store, names, clock } = await installation({ old: 40, next: 29.5 });
  let isTrial = true;
  const watch = { ...sources, retentionSettings: UNSET, isTrial: () => isTrial, report: () => {} };
  isTrial = false;
  expect(await cleanIfDue(watch)).toBe(false);
  expect(names()).toEqual(["old", "next"]);
  isTrial = true;
  await store.retention.set({ days: 30 });
  // What a release on trial removed would be gone when it is taken back.
  expect(await cleanIfDue(watch)).toBe(false);
  isTrial = false;
  expect(await cleanIfDue(watch)).toBe(true);
  expect(names()).toEqual(["next"]);
  clock.ms += DAY - 1;
  expect(await cleanIfDue(watch)).toBe(false);
  clock.ms += 1;
  expect(await cleanIfDue(watch)).toBe(true);
  expect(names()).toEqual([]);
});

test("a run that was killed at any point goes on at once, and leaves no file behind", async () => {
  for (const killedAt of [1, 2, 3]) {
    const { sources, store, names, hasFolder } = await installation({ first: 60, second: 50, third: 40, young: 1 });
    // A kill between the rows and the files of a tree: nothing after it runs, not even the note of the failure.
    let removals = 0;
    const killed = new Promise<void>(() => {});
    const dies: typeof sources.snapshots = {
      ...sources.snapshots,
      drop: async () => (++removals === killedAt ? killed : undefined),
    };
    const begun = clean({ ...sources, snapshots: dies }, () => BY_AGE, "schedule");
    await expect.poll(() => removals).toBe(killedAt);
    const { claim } = store.retention.read();
    expect(claim).toMatchObject({ removed: killedAt });
    // The process is dead.
    const dead = { ...ownIdentity(), pid: 2 ** 30, processStart: "0" };
    await store.retention.claim({ ...(claim as NonNullable<typeof claim>), holder: dead }, () => true);
    await store.retention.set({ days: 30 });
    expect(await cleanIfDue({ ...sources, retentionSettings: UNSET, isTrial: () => false, report: () => {} })).toBe(
      true,
    );
    expect(names()).toEqual(["young"]);
    expect(["first", "second", "third", "young"].map(hasFolder)).toEqual([false, false, false, true]);
    void begun;
  }
});
