/** Lessons in a real database: twins, outcomes that count once, merges, deletion, search. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { createLessonFinding } from "@/agents/memory/find";
import { seedLessons } from "@/agents/memory/seed-lessons";
import { isOnTrial } from "@/core/lessons/confidence";
import { faultsOf } from "@/core/lessons/limits";
import { type NewLesson, RESTORED } from "@/db/memory/keep";
import type { Learnt } from "@/db/memory/lessons";
import { EVERY_LESSON } from "@/db/memory/listed";
import { openStore } from "@/db/store";
import { insertSmallTree } from "@/db/testing/small-tree";
import { loadPatterns } from "@/seeds/patterns";

const folder = mkdtempSync(join(tmpdir(), "banyan-lessons-"));
const store = openStore(join(folder, "banyan.db"), { migrations: "drizzle" });
const { lessons } = store;
const NOW = Date.UTC(2026, 10, 26);
let made = 0;
let upTo = 1_000_000;

beforeEach(
  () =>
    void store.client.sqlite.exec("DELETE FROM lessons; INSERT INTO lessons_fts (lessons_fts) VALUES ('delete-all')"),
);
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

function lesson(more: Partial<NewLesson> = {}): NewLesson {
  made += 1;
  return {
    uid: `lesson${made}`,
    kind: "error_fix",
    scope: "repository",
    place: "/shop",
    trigger: "Exceeded timeout in jest",
    signature: "Exceeded timeout",
    advice: "Close the pool in afterAll, or jest hangs at the end.",
    maker: "host",
    isTainted: false,
    reason: null,
    by: null,
    atMs: NOW,
    source: { tree: "tree1", task: `round${made}`, evidence: { round: 1 }, hasHelped: true },
    ...more,
  };
}

/** Learns from these as if a part of the log held them that was not read before. */
async function learn(part: Partial<Learnt>): Promise<void> {
  upTo += 1;
  await lessons.learn({ shown: [], counted: [], lessons: [], goals: [], ...part, upTo });
}

async function added(more: Partial<NewLesson> = {}): Promise<string> {
  const [kept] = await lessons.add([lesson(more)]);
  return kept?.uid ?? expect.fail("It was not kept.");
}

const shown = (uid: string, unit: string, tree = "tree2", task = unit) => ({
  lesson: uid,
  unit,
  task,
  tree,
  seq: 7,
  why: "signature" as const,
  atMs: NOW,
});
const outcome = (uid: string, unit: string, said: "helped" | "harmed") => ({
  lesson: uid,
  unit,
  outcome: said,
  atMs: NOW,
});
const counts = (uid: string) => {
  const { shown: times, helped, harmed, status, reason } = lessons.get(uid) ?? expect.fail(`There is no ${uid}.`);
  return { shown: times, helped, harmed, status, reason };
};

test("X4: near twins are one lesson, however many come, and each round that made it counts once", async () => {
  const [first] = await lessons.add([lesson()]);
  const twins = Array.from({ length: 50 }, (_, at) =>
    lesson({ advice: `Close the pool in afterAll, or jest hangs at the end${".".repeat(at % 3)}` }),
  );
  const kept = await lessons.add(twins);
  expect(new Set(kept.map(({ uid }) => uid))).toEqual(new Set([first?.uid]));
  expect(lessons.list(EVERY_LESSON, 100, 0)).toHaveLength(1);
  // In another place, or for another error, it is another lesson.
  expect(await added({ place: "/other" })).not.toBe(first?.uid);
  expect(await added({ signature: "deadlock" })).not.toBe(first?.uid);
  const again = { source: { tree: "tree9", task: "round-again", evidence: {}, hasHelped: true } };
  const before = counts(first?.uid ?? "").helped;
  await lessons.add([lesson(again)]);
  await lessons.add([lesson(again)]);
  expect(counts(first?.uid ?? "").helped).toBe(before + 1);
});

test("a round counts once, whichever of its tasks were shown the lesson, and a part of the log is learnt once", async () => {
  const uid = await added();
  const part = {
    shown: [shown(uid, "r1", "tree2", "planner"), shown(uid, "r1", "tree2", "coder"), shown(uid, "r2")],
    counted: [outcome(uid, "r1", "helped"), outcome(uid, "r1", "harmed"), outcome(uid, "r2", "harmed")],
  };
  await learn(part);
  expect(counts(uid)).toMatchObject({ shown: 2, helped: 2, harmed: 1 });
  await lessons.learn({ lessons: [], goals: [], ...part, upTo });
  await learn(part);
  expect(counts(uid)).toMatchObject({ shown: 2, helped: 2, harmed: 1 });
  // Nothing counts for a task that was not shown it.
  await learn({ counted: [outcome(uid, "r3", "helped")] });
  expect(counts(uid)).toMatchObject({ shown: 2, helped: 2, harmed: 1 });
});

test("a lesson that harms three times, and more often than it helps, is retired and no longer found", async () => {
  const uid = await added();
  await learn({
    shown: ["a", "b", "c"].map((unit) => shown(uid, unit)),
    counted: ["a", "b"].map((unit) => outcome(uid, unit, "harmed")),
  });
  expect(counts(uid).status).toBe("live");
  await learn({ counted: [outcome(uid, "c", "harmed")] });
  expect(counts(uid)).toMatchObject({ status: "retired", reason: "harmed", helped: 1, harmed: 3 });
  expect([lessons.bySignature("Exceeded timeout"), lessons.byWords(["exceeded", "timeout"])]).toEqual([[], []]);
  expect(lessons.history(uid).map(({ action }) => action)).toEqual(["made", "retired"]);
  const history = lessons.history(uid).map(({ atMs }) => atMs);
  expect(history).toEqual([NOW, NOW]);
  // The same advice that is learnt again does not bring it back.
  expect((await lessons.add([lesson()]))[0]).toEqual({ uid, isNew: false });
  expect(counts(uid).status).toBe("retired");
});

test("a lesson that a person restores is tried anew, and is retired again only for what it does then", async () => {
  const uid = await added();
  const units = ["a", "b", "c"];
  await learn({
    shown: units.map((unit) => shown(uid, unit, `tree-${unit}`)),
    counted: units.map((unit) => outcome(uid, unit, "harmed")),
  });
  expect(counts(uid).status).toBe("retired");
  const status = { to: "live", reason: null } as const;
  await lessons.change(uid, { status, isApproved: true }, { by: "anna", action: RESTORED, detail: {} });
  const { isApproved, helped, harmed } = lessons.get(uid) ?? expect.fail("It is gone.");
  expect([counts(uid), isOnTrial({ isApproved, helped, harmed })]).toEqual([
    { shown: 3, helped: 0, harmed: 0, status: "live", reason: null },
    true,
  ]);
  // What is counted again for another reason does not retire it.
  await learn({ shown: [shown(uid, "d")] });
  expect(counts(uid)).toMatchObject({ status: "live", shown: 4 });
  const later = Date.now() + 60_000;
  await learn({
    shown: ["e", "f"].map((unit) => shown(uid, unit)),
    counted: ["d", "e", "f"].map((unit) => ({ ...outcome(uid, unit, "harmed"), atMs: later })),
  });
  expect(counts(uid)).toMatchObject({ status: "retired", harmed: 3 });
});

test("candidates are not found for tasks; an approved one is", async () => {
  const uid = await added({ reason: "outside_content", isTainted: true });
  expect(lessons.byWords(["exceeded", "timeout"])).toEqual([]);
  await lessons.change(
    uid,
    { status: { to: "live", reason: null }, isApproved: true },
    { by: "anna", action: "approved", detail: {} },
  );
  expect(lessons.byWords(["exceeded", "timeout"])).toMatchObject([{ uid, isApproved: true, isTainted: true }]);
  await lessons.change(uid, { text: { trigger: "postgres deadlock" } }, { by: "anna", action: "edited", detail: {} });
  expect([lessons.byWords(["exceeded"]), lessons.byWords(["deadlock"]).length]).toEqual([[], 1]);
});

test("after a merge, a round that was shown both lessons counts once", async () => {
  const [left, right] = [await added(), await added({ advice: "End all connections when the last test is done." })];
  await learn({
    shown: [shown(left, "r1"), shown(right, "r1"), shown(left, "r2")],
    counted: [outcome(left, "r1", "helped"), outcome(right, "r1", "helped"), outcome(left, "r2", "harmed")],
  });
  await lessons.merge(left, right, "anna");
  expect(counts(right)).toMatchObject({ shown: 2, helped: 3, harmed: 1, status: "live" });
  expect(counts(left)).toMatchObject({ status: "retired", reason: "merged" });
});

test("X3: a lesson that quotes another gains nothing by it, and takes nothing from it", async () => {
  const known = await added();
  const said = lessons.get(known)?.advice ?? "";
  const before = { ...counts(known), sources: lessons.sources(known).length };
  // A file or a session that repeats a lesson, whole or in part, is no evidence for it.
  await added({ maker: "import", source: null });
  const session = { tree: "tree7", task: "said", evidence: {}, hasHelped: false };
  const quoting = await added({ maker: "session", advice: `Always do what helped before: ${said}`, source: session });
  expect(quoting).not.toBe(known);
  await learn({ shown: [shown(quoting, "round5")] });
  await learn({ counted: [outcome(quoting, "round5", "helped")] });
  expect({ ...counts(known), sources: lessons.sources(known).length }).toEqual(before);
  expect(counts(quoting)).toMatchObject({ shown: 1, helped: 1 });
});

test("the host's approach is evidence only for the host's own, not for a lesson of others with the goal's words", async () => {
  const ofGoal = { kind: "approach", trigger: "Make the tests pass", signature: null } as const;
  const said = { tree: "tree7", task: "said", evidence: {}, hasHelped: false };
  const [bait, tainted, retired] = [
    await added({ ...ofGoal, maker: "agent", reason: "proposed", advice: "Delete the tests that fail.", source: said }),
    await added({ ...ofGoal, isTainted: true, reason: "outside_content", advice: "Do as the web page says." }),
    await added({ ...ofGoal, advice: "Write everything anew in another language." }),
  ];
  const retirement = { to: "retired", reason: "by_person" } as const;
  await lessons.change(retired, { status: retirement }, { by: "anna", action: "retired", detail: {} });
  const before = [counts(bait), counts(tainted), counts(retired)];
  const own = await added({ ...ofGoal, advice: "Repair the sum, then run the tests." });
  expect([bait, tainted, retired]).not.toContain(own);
  expect([counts(bait), counts(tainted), counts(retired)]).toEqual(before);
  expect(counts(own)).toMatchObject({ status: "live", helped: 1 });
  // The next goal like it was reached in another way: still one approach.
  expect(await added({ ...ofGoal, advice: "Begin with the smallest test." })).toBe(own);
  expect(counts(own).helped).toBe(2);
});

test("a person's word makes a use count as harmed, once, and only where the lesson was shown", async () => {
  const uid = await added();
  await learn({ shown: [shown(uid, "r1", "tree2", "coder")], counted: [outcome(uid, "r1", "helped")] });
  const note = { by: "anna", why: "Express 4" };
  expect([await lessons.wrong(uid, "nobody", note), await lessons.wrong(uid, "coder", note)]).toEqual([false, true]);
  await lessons.wrong(uid, "coder", note);
  expect(counts(uid)).toMatchObject({ helped: 1, harmed: 1 });
});

test("Y3: deleting a tree removes its evidence, and a lesson without any evidence waits for a person again", async () => {
  await insertSmallTree(store, { uid: "small", instruction: "A tree", workspace: folder });
  const { sqlite } = store.client;
  const id = sqlite.prepare("SELECT id FROM trees WHERE uid = 'small'").pluck().get() as number;
  sqlite.exec("UPDATE tasks SET status = 'succeeded'");
  const tree = { id, uid: "small" };
  const source = { tree: tree.uid, task: "round1", evidence: {}, hasHelped: true };
  const alone = await added({ source });
  const proven = await added({ source, signature: "deadlock" });
  const approved = await added({ source, signature: "other", reason: "outside_content" });
  await lessons.change(
    approved,
    { status: { to: "live", reason: null }, isApproved: true },
    { by: "anna", action: "approved", detail: {} },
  );
  await learn({
    shown: [shown(alone, "r1", tree.uid), shown(proven, "r1", tree.uid), shown(proven, "r2", "tree3")],
    counted: [outcome(alone, "r1", "helped"), outcome(proven, "r1", "helped"), outcome(proven, "r2", "helped")],
    goals: [
      {
        tree: tree.uid,
        place: "/shop",
        arm: "with",
        isDrawn: true,
        succeeded: true,
        rounds: 1,
        costUsd: 1,
        metAgain: 0,
        endedAtMs: NOW,
      },
    ],
  });
  expect([counts(alone).helped, counts(proven).helped, lessons.goalOutcomes(0).length]).toEqual([2, 3, 1]);
  expect(await store.trees.delete(tree.id)).toBe(true);
  expect(counts(alone)).toEqual({ shown: 0, helped: 0, harmed: 0, status: "candidate", reason: "evidence_deleted" });
  expect(counts(proven)).toEqual({ shown: 1, helped: 1, harmed: 0, status: "live", reason: null });
  expect(counts(approved).status).toBe("live");
  expect([
    lessons.goalOutcomes(0),
    lessons
      .byWords(["exceeded", "timeout"])
      .map(({ uid }) => uid)
      .includes(alone),
  ]).toEqual([[], false]);
});

test("a person's search finds lessons by all its words, and quotes and operators in it are only words", async () => {
  const uid = await added();
  const found = (text: string) => lessons.search(text, EVERY_LESSON, 10, 0).map((one) => one.uid);
  expect([found("pool after"), found("afterAll pool"), found("pool deadlock")]).toEqual([[uid], [uid], []]);
  expect([found('"pool" OR NEAR('), found("trigger:pool"), found("*"), found('"')]).toEqual([[], [], [], []]);
});

test("a very frequent word matches only as a whole word, and the newest lessons with it come first", async () => {
  const many = Array.from({ length: 1_100 }, (_, at) => lesson({ trigger: "fix", advice: `Fix case${at}.` }));
  await lessons.add([lesson({ advice: "Fixtures are made once." }), ...many]);
  const found = (text: string) => lessons.search(text, EVERY_LESSON, 2, 0).map(({ advice }) => advice);
  expect(found("fix")).toEqual(["Fix case1099.", "Fix case1098."]);
  expect(found("Fíxt")).toEqual(["Fixtures are made once."]);
  expect(found("fix case1099")).toEqual(["Fix case1099."]);
});

test("lists have the most shown lessons of every status and kind, and counts include all lessons", async () => {
  const kinds = ["fact", "error_fix", "fact", "time"] as const;
  const ids: string[] = [];
  const advice = ["Close the pool.", "Wait for the port.", "Name the zone.", "It takes an hour."];
  for (const [at, kind] of kinds.entries()) ids.push(await added({ kind, advice: advice[at] ?? "" }));
  const [fact = "", fix = "", , time = ""] = ids;
  const set = store.client.sqlite.prepare("UPDATE lessons SET shown = ?, status = ?, reason = ? WHERE uid = ?");
  set.run(5, "candidate", "seeded", fact);
  set.run(9, "live", null, fix);
  set.run(5, "retired", "harmed", time);
  const listed = (filter: Partial<typeof EVERY_LESSON>, limit = 10, offset = 0) =>
    lessons.list({ ...EVERY_LESSON, ...filter }, limit, offset).map(({ uid }) => ids.indexOf(uid));
  expect([listed({}), listed({}, 2, 1)]).toEqual([
    [1, 3, 0, 2],
    [3, 0],
  ]);
  expect([
    listed({ kind: "fact" }),
    listed({ status: "live" }),
    listed({ isSeed: true }),
    listed({ isSeed: false }),
  ]).toEqual([[0, 2], [1, 2], [0], [1, 3, 2]]);
  expect(lessons.counts()).toEqual({ candidate: 1, live: 2, retired: 1 });
  expect(lessons.counted(EVERY_LESSON).kinds).toEqual({ fact: 2, error_fix: 1, time: 1 });
  expect(lessons.counted({ ...EVERY_LESSON, isSeed: false, status: "live" }).kinds).toEqual({ fact: 1, error_fix: 1 });
  expect(lessons.counted({ ...EVERY_LESSON, isSeed: true }).kinds).toEqual({ fact: 1 });
  expect(lessons.counted({ ...EVERY_LESSON, isSeed: true }).counts).toEqual({ candidate: 1, live: 2, retired: 1 });
  expect(lessons.reasons()).toEqual({ harmed: 1 });
});

test("the patterns that come with Banyan are candidates, once, whatever a person has made of one", async () => {
  const patterns = await loadPatterns("seeds");
  await seedLessons(lessons, patterns, NOW);
  await seedLessons(lessons, patterns, NOW);
  expect(lessons.counts()).toEqual({ candidate: patterns.length, live: 0, retired: 0 });
  expect(lessons.waiting()).toBe(0);
  expect(patterns.flatMap((pattern) => faultsOf({ ...pattern, signature: null }, (text) => text))).toEqual([]);
  const [first] = lessons.list(EVERY_LESSON, 1, 0);
  const uid = first?.uid ?? "";
  await lessons.change(
    uid,
    { status: { to: "retired", reason: "by_person" } },
    { by: "anna", action: "retired", detail: {} },
  );
  const [second = "", third = ""] = lessons.list({ ...EVERY_LESSON, status: "candidate" }, 2, 0).map(({ uid }) => uid);
  const edited = { text: { advice: "Do it as this team does it." } };
  await lessons.change(second, edited, { by: "anna", action: "edited", detail: {} });
  const narrowed = { text: { scope: "repository", place: "/shop" }, status: { to: "live", reason: null } } as const;
  await lessons.change(third, narrowed, { by: "anna", action: "approved", detail: {} });
  await seedLessons(lessons, patterns, NOW);
  expect(lessons.counts()).toEqual({ candidate: patterns.length - 2, live: 1, retired: 1 });
  // A pattern of a later release is new.
  const [pattern] = patterns;
  const later = { kind: "fact", trigger: "A later release", advice: `Anew: ${pattern?.advice}` } as const;
  await seedLessons(lessons, [...patterns, later], NOW);
  expect(lessons.counts().candidate).toBe(patterns.length - 1);
});

test("lessons are those of the tree's own repository, also when its number was that of a deleted tree", async () => {
  const finding = createLessonFinding(lessons);
  const [here, there] = [await added({ place: "/shop" }), await added({ place: "/bank" })];
  const inFolder = async (uid: string, workspace: string) => {
    await insertSmallTree(store, { uid, instruction: uid, workspace });
    store.client.sqlite.prepare("UPDATE trees SET in_place = 1 WHERE uid = ?").run(uid);
    return store.queries.trees.treeKey(uid);
  };
  const found = (treeId: number) =>
    finding.find({ treeId, agent: "coder", text: "Exceeded timeout in jest", signature: "Exceeded timeout" })?.lessons;
  const first = await inFolder("first", "/shop");
  expect(found(first)?.map(({ uid }) => uid)).toEqual([here]);
  await store.trees.delete(first);
  const second = await inFolder("second", "/bank");
  expect(second).toBe(first);
  expect(found(second)?.map(({ uid }) => uid)).toEqual([there]);
});

test("lessons of other repositories, and doubted ones, keep none of this repository away, however many", async () => {
  const finding = createLessonFinding(lessons);
  await insertSmallTree(store, { uid: "crowded", instruction: "crowded", workspace: "/shop" });
  store.client.sqlite.exec("UPDATE trees SET in_place = 1 WHERE uid = 'crowded'");
  const treeId = store.queries.trees.treeKey("crowded");
  await added({ trigger: "Exceeded timeout in jest, and more words than the others have" });
  await lessons.add([
    ...Array.from({ length: 41 }, (_, at) => lesson({ place: `/other${at}` })),
    lesson({ place: "coder", scope: "agent" }),
    lesson({ place: "tester", scope: "agent" }),
    lesson({ advice: "Wait longer until it ends by itself.", source: null }),
  ]);
  store.client.sqlite.exec("UPDATE lessons SET shown = 9, helped = 4 WHERE place <> '/shop'");
  const found = (text: string, signature: string | null) =>
    finding
      .find({ treeId, agent: "coder", text, signature })
      ?.lessons.map(({ place }) => place)
      .sort();
  const here = ["/shop", "coder"];
  const ways = [found("", "Exceeded timeout"), found("Exceeded timeout in jest", null)];
  expect([...ways, found("Exceeded timeout in jest", "Exceeded timeout")]).toEqual([here, here, here]);
  // People see all of them.
  expect(lessons.bySignature("Exceeded timeout")).toHaveLength(40);
});

test("a large import lets other work through between its parts, and changes nothing when it is repeated", async () => {
  const many = Array.from({ length: 120 }, (_, at) => lesson({ trigger: "fix", advice: `Fix case${at}.` }));
  const addMany = () => lessons.add(many).then((kept) => kept.filter(({ isNew }) => isNew).length);
  const stored = () => lessons.counts().live;
  expect(await Promise.all([addMany(), lessons.setSettings({}).then(stored)])).toEqual([120, 50]);
  expect([await addMany(), stored()]).toEqual([0, 120]);
});
