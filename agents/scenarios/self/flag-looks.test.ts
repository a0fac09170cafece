/** Looks of the review agent at flags: what starts them, what they are given, and where their findings are shown. */
import { expect, test } from "vitest";
import { FLAG_REVIEWER } from "@/db/improvement/flag-looks";
import { call, endTask } from "@/tests/agents/replies";
import { resultsIn, tester, trialsOfThisFile, until } from "@/tests/agents/scenario";
import type { Reply, ScriptedRequest } from "@/tests/agents/services/script";
import type { Trial } from "@/tests/agents/trial";

const start = trialsOfThisFile();
const ON = { BANYAN_FLAG_REVIEW_TOKENS_PER_DAY: "500000" };

const flag = (issue: string) => call("flag_for_review", { issue, evidence: `evidence of ${issue}` });
const flagsIn = ({ instruction }: ScriptedRequest) =>
  [...instruction.matchAll(/^Flag (\S+), raised by/gm)].map((match) => match[1] ?? "");
const found = (request: ScriptedRequest) =>
  endTask(
    JSON.stringify({ flags: flagsIn(request).map((id) => ({ flag: id, found: `Checked ${id}.`, advice: "Fix it." })) }),
  );

const looksIn = (trial: Trial) => (trial.provider?.requests ?? []).filter(({ agent }) => agent === "review_agent");
const lookTrees = (trial: Trial) =>
  trial.runtime.store.client.sqlite
    .prepare("SELECT uid FROM trees WHERE created_by = ? ORDER BY id")
    .pluck()
    .all(FLAG_REVIEWER) as string[];
const openFlags = async (trial: Trial) =>
  (await trial.runtime.application.queries.listReviews({ open: true })).items.filter(({ kind }) => kind === "flag");
const commentsOf = (trial: Trial, review: string) => trial.runtime.store.comments.of(review).map(({ text }) => text);

/** Waits until each open flag has what the review agent found. */
const told = (trial: Trial, flags: number) =>
  until(async () => {
    await trial.worker?.flags.check();
    const open = await openFlags(trial);
    return open.length === flags && open.every(({ id }) => commentsOf(trial, id).length > 0) && open;
  }, `${flags} flags have findings`);

/** Two flags in one reply, then the end. */
const worker = {
  flagging: ({ turn }: ScriptedRequest): Reply =>
    turn === 0
      ? { calls: ["first fault", "second fault"].map((issue) => ({ name: "flag_for_review", input: { issue } })) }
      : endTask("done"),
};

test("the flags of a tree start one look at both, whose findings stand beside each flag", async () => {
  const trial = await start({ ...worker, "@review_agent": found }, { env: ON });
  const { id } = await trial.submit({ task: "flagging", agent: "worker" });
  await trial.ended(id);
  for (const { id: item } of await told(trial, 2))
    expect(commentsOf(trial, item)).toEqual([expect.stringMatching(`^Checked ${item}\\. Advice: Fix it\\.`)]);
  expect(lookTrees(trial).length).toBe(1);
  expect(looksIn(trial)[0]?.instruction).toContain("second fault");
  // A system tree: no list of trees shows it.
  expect((await trial.runtime.application.queries.listTrees()).items.map((tree) => tree.id)).toEqual([id]);
  await trial.worker?.flags.check();
  expect(lookTrees(trial).length).toBe(1);
  expect(trial.faults).toEqual([]);
});

test("flags of the review agent start no look, and a look cannot raise one", async () => {
  const trial = await start(
    {
      "*": ({ turn }) => (turn === 0 ? flag("from the review agent") : endTask("done")),
      "@review_agent": (request) => (request.turn === 0 ? flag("again") : found(request)),
    },
    { env: ON },
  );
  await trial.ended((await trial.submit({ task: "examine this", agent: "review_agent" })).id);
  await trial.worker?.flags.check();
  expect(lookTrees(trial)).toEqual([]);
  await trial.ended((await trial.submit({ task: "work", agent: "worker" })).id);
  await until(async () => {
    await trial.worker?.flags.check();
    return lookTrees(trial).length === 1 && trial.runtime.store.flagLooks.current() === null;
  }, "the look at the worker's flag has ended");
  expect(resultsIn(looksIn(trial).at(-1)).join()).toContain("You have no tool flag_for_review");
  await trial.worker?.flags.check();
  expect(lookTrees(trial).length).toBe(1);
});

test("a look is not begun twice when the process ends between its parts", async () => {
  const trial = await start({ ...worker, "@review_agent": found }, { env: ON });
  const { flagLooks } = trial.runtime.store;
  const insert = trial.runtime.store.trees.insert;
  const broken: string[] = [];
  trial.runtime.store.trees.insert = async (tree) => {
    if (!tree.isSystem || broken.length > 0) return insert(tree);
    broken.push(tree.uid);
    throw new Error("The process ended here.");
  };
  await trial.ended((await trial.submit({ task: "flagging", agent: "worker" })).id);
  await until(async () => {
    await trial.worker?.flags.check().catch(() => undefined);
    return broken.length > 0;
  }, "the first try broke off");
  expect(broken.length).toBe(1);
  await told(trial, 2);
  expect(lookTrees(trial)).toEqual(broken);
  expect(flagLooks.current()).toBe(null);
});

test("a look reads the records and a copy of the files of the tree that flagged, with no more rights than it has", async () => {
  const trial = await start(
    {
      "*": ({ turn }) =>
        turn === 0
          ? call("write_file", { path: "report.txt", content: "canary of the file" })
          : turn === 1
            ? flag("canary of the flag")
            : endTask("done"),
      "@review_agent": (request) => {
        if (request.turn === 0) return call("read_file", { path: "report.txt" });
        if (request.turn === 1) return call("query_database", { sql: "SELECT title FROM reviews" });
        if (request.turn === 2) return call("web_fetch", { url: "https://example.com/" });
        return found(request);
      },
    },
    { env: ON },
  );
  await trial.ended((await trial.submit({ task: "write", agent: "worker", rights: ["read", "write"] })).id);
  await told(trial, 1);
  const results = looksIn(trial).slice(1).flatMap(resultsIn);
  expect(results[0]).toContain("canary of the file");
  expect(results[1]).toContain("canary of the flag");
  expect(results[2]).toMatch(/network/);
});

test("a look at flags of a tree whose files are gone has the records, and holds up no other", async () => {
  const trial = await start(
    { ...worker, "@review_agent": (request) => (request.turn === 0 ? call("list_files", {}) : found(request)) },
    { env: ON },
  );
  const { sqlite } = trial.runtime.store.client;
  // Raised while nobody looks, so that its snapshot can go first.
  const check = trial.worker?.flags;
  await check?.stop();
  const { id } = await trial.submit({ task: "flagging", agent: "worker" });
  await trial.ended(id);
  sqlite.prepare("UPDATE trees SET snapshot = ? WHERE uid = ?").run("0".repeat(40), id);
  await told(trial, 2);
  expect(looksIn(trial)[0]?.instruction).toContain("That tree's files are not stored any more");
  expect(trial.faults).toEqual([]);
});

test("the daily cap, the setting and a missing model each start nothing, and say so", async () => {
  const reasonOf = async (trial: Trial) => {
    await trial.ended((await trial.submit({ task: "flagging", agent: "worker" })).id);
    await trial.worker?.flags.check();
    expect(lookTrees(trial)).toEqual([]);
    return (await trial.runtime.application.queries.getImprovement()).flags.why_none;
  };
  expect(await reasonOf(await start(worker, { env: { BANYAN_FLAG_REVIEW_TOKENS_PER_DAY: "100000" } }))).toBe("cap");
  expect(await reasonOf(await start(worker, { env: { BANYAN_FLAG_REVIEW_TOKENS_PER_DAY: "0" } }))).toBe("off");
  const without = await start({ "@review_agent": found }, { env: { ...ON, BANYAN_MODEL: "runbook" } });
  expect((await without.runtime.application.queries.getImprovement()).flags.why_none).toBe("no_model");
});

test("rejecting the flag before the look has ended leaves the findings beside it", async () => {
  const trial = await start({ ...worker, "@review_agent": found }, { env: ON });
  await trial.ended((await trial.submit({ task: "flagging", agent: "worker" })).id);
  const [review] = await openFlags(trial);
  await trial.runtime.application.commands.decide(
    { id: review?.id ?? "", decision: "rejected", reason: "No problem." },
    tester,
  );
  await told(trial, 1);
});
