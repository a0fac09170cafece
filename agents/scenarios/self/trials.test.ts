import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Setup } from "@/core/log/entries";
import type { Trial as ShownTrial } from "@/core/shapes/improving/trials";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import { logOf, requestsOf, runRoot, tester, toldIn, trialsOfThisFile } from "@/tests/agents/scenario";
import type { Reply, ScriptedRequest } from "@/tests/agents/services/script";
import type { Trial, TrialOptions } from "@/tests/agents/trial";
import { changeAgent } from "@/tests/agents/world-tool";

const start = trialsOfThisFile();
const CANDIDATE = "Count the spoons twice.";
const DAY_MS = 24 * 3_600_000;

/** A coder whose result is right as often as its version's script says, and an evaluator that sees which results are wrong. */
interface Work {
  /** Returns whether the nth task with this version is right. */
  isRight(version: "live" | "candidate", count: number): boolean;
  evaluator?: (request: ScriptedRequest) => Reply;
}

const judged = (request: ScriptedRequest): Reply => {
  const outcome = toldIn(request).includes("The spoons are wrong") ? "fail" : "pass";
  return endTask(JSON.stringify({ outcome, reasons: ["It was counted."] }));
};

const versionIn = (request: ScriptedRequest) => (request.system.includes(CANDIDATE) ? "candidate" : "live");

function scriptOf({ isRight, evaluator = judged }: Work) {
  const counts = { live: 0, candidate: 0 };
  const results = new Map<string, Reply>();
  return {
    root: [proposes(), endTask("proposed")],
    "@coder": (request: ScriptedRequest) => {
      const version = versionIn(request);
      if (!results.has(request.task)) {
        results.set(
          request.task,
          endTask(isRight(version, counts[version]) ? "The spoons are right." : "The spoons are wrong."),
        );
        counts[version] += 1;
      }
      return results.get(request.task) as Reply;
    },
    "@task_evaluator": evaluator,
  };
}

const proposes = (name = "coder") =>
  call("propose_agent", { name, instruction: CANDIDATE, why: "Spoons are counted wrongly." });

/** Lets a task propose a version of the agent, and approves it. */
async function approved(work: Work, more: TrialOptions = {}): Promise<Trial> {
  const trial = await start(scriptOf(work), { ...more, env: { MAX_CONCURRENT_AGENTS: "8", ...more.env } });
  await approve(trial);
  return trial;
}

async function approve(trial: Trial): Promise<{ sentence: string }> {
  await changeAgent(trial, "worker", { tools: ["propose_agent"] });
  await runRoot(trial);
  const { commands, queries } = trial.runtime.application;
  const { items } = await queries.listReviews({ open: true });
  return commands.decide({ id: items[0]?.id ?? "", decision: "approved", reason: "" }, tester);
}

async function work(trial: Trial, trees: number): Promise<string[]> {
  const made: string[] = [];
  for (let number = 0; number < trees; number += 1)
    made.push((await trial.submit({ task: `work ${number}`, agent: "coder" })).id);
  for (const id of made) await trial.ended(id);
  return made;
}

const shown = async (trial: Trial): Promise<ShownTrial> => {
  const [found] = await trial.runtime.application.queries.listTrials();
  if (!found) throw new Error("There is no trial.");
  return found;
};
const check = (trial: Trial) => trial.worker?.supervisor.check();
const live = async (trial: Trial) => (await trial.runtime.application.queries.getAgent("coder")).instruction;

test("an approved version is on trial: new trees use both in turn, and a better one becomes permanent", async () => {
  const trial = await approved({ isRight: (version, count) => version === "candidate" || count % 2 === 0 });
  const { queries } = trial.runtime.application;
  expect(await live(trial)).not.toContain(CANDIDATE);
  await work(trial, 38);
  await check(trial);
  const before = await shown(trial);
  expect([before.status, before.live.trees, before.candidate.trees]).toEqual(["trial", 19, 19]);
  await work(trial, 2);
  await check(trial);
  const after = await shown(trial);
  expect(after).toMatchObject({ status: "permanent", outcome: "better", metric: "verdict", ended_by: "Banyan" });
  expect(after.live).toMatchObject({ version: 1, trees: 20, passed: 10 });
  expect(after.candidate).toMatchObject({ version: 2, trees: 20, passed: 20 });
  expect(await live(trial)).toContain(CANDIDATE);
  expect((await queries.listVersions("agent", "coder")).map((version) => [version.version, version.live])).toEqual([
    [2, true],
    [1, false],
  ]);
  const { items } = await queries.listAudit({ action: "trialEnded" });
  expect(items.map(({ actor, subject }) => [actor, subject])).toEqual([["Banyan", "agent coder"]]);
  expect(trial.faults).toEqual([]);
}, 600_000);

test("a worse version goes back, and exactly this change is not offered again", async () => {
  const trial = await approved({ isRight: (version, count) => version === "live" || count % 2 === 0 });
  await work(trial, 40);
  await check(trial);
  expect(await shown(trial)).toMatchObject({ status: "bad", outcome: "worse" });
  expect(await live(trial)).not.toContain(CANDIDATE);
  await work(trial, 1);
  expect(versionIn(requestsOf(trial, "work 0").at(-1) as ScriptedRequest)).toBe("live");
  const again = await runRoot(trial);
  expect(
    toldIn(requestsOf(trial, "root").at(-1)) + JSON.stringify(requestsOf(trial, "root").at(-1)?.lastToolResults),
  ).toContain("was on trial before, and was taken back");
  expect(again.status).toBe("succeeded");
  expect((await trial.runtime.application.queries.listReviews({ open: true })).items).toEqual([]);
}, 600_000);

test("an undecided version goes back when its time is over; nothing is decided while changes by agents are off", async () => {
  let aheadMs = 0;
  const trial = await approved({ isRight: () => true }, { runtime: { now: () => Date.now() + aheadMs } });
  await work(trial, 4);
  const { commands } = trial.runtime.application;
  await commands.switchSelfOff({ reason: "Wait." }, tester);
  await work(trial, 2);
  expect((await shown(trial)).candidate.started).toBe(2);
  aheadMs = 14 * DAY_MS + 1;
  await check(trial);
  expect(await shown(trial)).toMatchObject({ status: "trial", undecided_by: "off" });
  await commands.switchSelfOn({}, tester);
  await check(trial);
  expect(await shown(trial)).toMatchObject({ status: "bad", outcome: "undecided" });
  expect(await live(trial)).not.toContain(CANDIDATE);
}, 600_000);

test("the file that halts changes by agents stops a trial from deciding, too", async () => {
  let aheadMs = 0;
  const trial = await approved({ isRight: () => true }, { runtime: { now: () => Date.now() + aheadMs } });
  mkdirSync(join(trial.dataDir, "self"), { recursive: true });
  const file = join(trial.dataDir, "self", "halt");
  writeFileSync(file, "");
  aheadMs = 14 * DAY_MS + 1;
  await check(trial);
  expect((await shown(trial)).status).toBe("trial");
  rmSync(file);
  await check(trial);
  expect((await shown(trial)).status).toBe("bad");
}, 600_000);

test("a tree keeps its version for all its life, its subtasks and a fork too", async () => {
  const trial = await approved({ isRight: () => true });
  const [a = "", b = ""] = await work(trial, 2);
  const { commands, queries } = trial.runtime.application;
  const setupsOf = async (tree: string) => {
    const { tasks } = await queries.getTree(tree);
    const logs = await Promise.all(tasks.map((task) => logOf(trial, task.id)));
    return logs.map((log) => log[0]?.content as unknown as Setup);
  };
  const versions = async (tree: string) => (await setupsOf(tree)).map(({ pinned }) => pinned?.[0]?.version);
  const [first, second] = [await versions(a), await versions(b)];
  expect([new Set(first).size, new Set(second).size]).toEqual([1, 1]);
  expect([first[0], second[0]].sort()).toEqual([1, 2]);
  const onCandidate = first[0] === 2 ? a : b;
  await commands.endTrial({ id: (await shown(trial)).id, decision: "back" }, tester);
  const root = (await queries.getTree(onCandidate)).root_task_id;
  const cut = (await logOf(trial, root)).find((message) => message.kind === "agent_response");
  const fork = await commands.fork({ id: root, at: cut?.seq ?? 0 }, tester);
  await trial.ended(fork.id);
  expect(new Set(await versions(fork.id))).toEqual(new Set([2]));
  expect(new Set(await versions((await work(trial, 1))[0] ?? ""))).toEqual(new Set([undefined]));
}, 600_000);

test("a tree counts only when it used the entry; one that agent_selector gave to the agent does", async () => {
  const trial = await start({
    ...scriptOf({ isRight: () => true }),
    "@agent_selector": startSubtask({ instruction: "work", agent: "coder", title: "work", why: "It is code." }),
    other: endTask("done"),
  });
  await approve(trial);
  const chosen = [await trial.submit({ task: "work" }), await trial.submit({ task: "work" })];
  const others = [await trial.submit({ task: "other", agent: "researcher" })];
  for (const { id } of [...chosen, ...others]) expect((await trial.ended(id)).status).toBe("succeeded");
  const { live: a, candidate: b } = await shown(trial);
  expect([a.trees, a.passed, b.trees, b.passed]).toEqual([1, 1, 1, 1]);
  expect(a.started + b.started).toBe(3);
}, 600_000);

test("a changed evaluator is measured by what people say, never by its own verdicts", async () => {
  const trial = await start(
    {
      ...scriptOf({ isRight: () => true }),
      root: [proposes("task_evaluator"), endTask("proposed")],
      // The candidate praises everything; the live one is right.
      "@task_evaluator": (request) =>
        versionIn(request) === "candidate" ? endTask('{"outcome":"pass","reasons":["Nice."]}') : judged(request),
      "@coder": (request) =>
        endTask(
          Number(request.instruction.split("work ")[1]?.split(/\s/)[0]) % 4 < 2 ? "The spoons are wrong." : "Right.",
        ),
    },
    { env: { MAX_CONCURRENT_AGENTS: "8" } },
  );
  await approve(trial);
  expect(await shown(trial)).toMatchObject({ kind: "agent", name: "task_evaluator", metric: "agreement" });
  const trees = await work(trial, 40);
  await check(trial);
  expect(await shown(trial)).toMatchObject({
    status: "trial",
    live: { trees: 0, started: 20 },
    candidate: { trees: 0 },
  });
  const { commands, queries } = trial.runtime.application;
  for (const [number, id] of trees.entries())
    await commands.judgeTree({ id, outcome: number % 4 < 2 ? "fail" : "pass", reason: "I counted." }, tester);
  expect(await queries.getPersonVerdict(trees[0] ?? "")).toMatchObject({ outcome: "fail", by: "tester" });
  await check(trial);
  const after = await shown(trial);
  expect(after).toMatchObject({ status: "bad", outcome: "worse", live: { trees: 20, passed: 20 } });
  expect(after.candidate.passed).toBeLessThan(20);
}, 600_000);

test("without a language model nothing is decided by itself", async () => {
  const trial = await start(scriptOf({ isRight: () => true }), {});
  await changeAgent(trial, "worker", { tools: ["propose_agent"] });
  await runRoot(trial);
  const { dataDir } = trial;
  await trial.worker?.stop(1_000);
  const later = await start(null, { dataDir, role: "worker" });
  const { commands, queries } = later.runtime.application;
  const { items } = await queries.listReviews({ open: true });
  const { sentence } = await commands.decide({ id: items[0]?.id ?? "", decision: "approved", reason: "" }, tester);
  expect(sentence).toContain("unjudged");
  expect(await live(later)).toContain(CANDIDATE);
  expect(await shown(later)).toMatchObject({ status: "permanent", outcome: "unjudged", ended_by: "tester" });
}, 600_000);

test("a trial whose model goes away waits for a person, who can take the version or take it back, once", async () => {
  let aheadMs = 0;
  const trial = await approved({ isRight: () => true });
  const { dataDir } = trial;
  await trial.worker?.stop(1_000);
  const later = await start(null, { dataDir, role: "worker", runtime: { now: () => Date.now() + aheadMs } });
  aheadMs = 15 * DAY_MS;
  await check(later);
  expect(await shown(later)).toMatchObject({ status: "trial", undecided_by: "no_model" });
  const { commands } = later.runtime.application;
  const { id } = await shown(later);
  const { sentence } = await commands.endTrial({ id, decision: "take" }, tester);
  expect(sentence).toContain("Version 2 of the agent coder is live.");
  expect(await live(later)).toContain(CANDIDATE);
  expect(await shown(later)).toMatchObject({ status: "permanent", outcome: "person", ended_by: "tester" });
  await expect(commands.endTrial({ id, decision: "back" }, tester)).rejects.toThrow("already ended");
}, 600_000);

test("a person's own edit is live at once and ends the trial as stale", async () => {
  const trial = await approved({ isRight: () => true });
  await changeAgent(trial, "coder", { instruction: "A person wrote this." });
  expect(await live(trial)).toContain("A person wrote this.");
  expect(await shown(trial)).toMatchObject({ status: "stale", outcome: "edited", ended_by: "tester" });
  const [tree = ""] = await work(trial, 1);
  expect((await trial.runtime.application.queries.getTree(tree)).status).toBe("succeeded");
  expect(requestsOf(trial, "work 0").at(-1)?.system).toContain("A person wrote this.");
}, 600_000);

test("an agent takes part in one trial at a time, also by what it reads", async () => {
  const document = {
    name: "system_overview",
    description: "What the system is, in one page.",
    body: "Short.",
    why: "Shorter.",
    wait: false,
  };
  const trial = await start({
    ...scriptOf({ isRight: () => true }),
    root: [
      { calls: [...(proposes().calls ?? []), { name: "propose_document", input: document }] },
      endTask("proposed"),
    ],
  });
  await changeAgent(trial, "worker", { tools: ["propose_agent", "propose_document"] });
  await runRoot(trial);
  const { commands, queries } = trial.runtime.application;
  const { items } = await queries.listReviews({ open: true });
  const [agent, text] = ["Change the agent coder", "Change the document system_overview"].map(
    (title) => items.find((item) => item.title === title)?.id ?? "",
  );
  const approve = (id = "") => commands.decide({ id, decision: "approved", reason: "" }, tester);
  const both = await Promise.allSettled([approve(agent), approve(text)]);
  expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  await expect(approve(text)).rejects.toThrow("The agent coder is on trial");
  await commands.endTrial({ id: (await shown(trial)).id, decision: "back" }, tester);
  await approve(text);
  expect(await shown(trial)).toMatchObject({ kind: "document", name: "system_overview", status: "trial" });
  await work(trial, 2);
  const prompts = requestsOf(trial, "work 0").concat(requestsOf(trial, "work 1"));
  const read = prompts.filter(({ agent: name }) => name === "coder").map(({ system }) => system.includes("\nShort.\n"));
  expect(read.sort()).toEqual([false, true]);
}, 600_000);

test("an end that fails midway has changed nothing, and the next check ends the trial", async () => {
  const trial = await approved({ isRight: (version, count) => version === "candidate" || count % 2 === 0 });
  await work(trial, 40);
  const { sqlite } = trial.runtime.store.client;
  // Each statement of the end fails in turn, as it does when the process dies there.
  for (const table of ["trials", "agents", "audit"]) {
    const when = table === "audit" ? "INSERT" : "UPDATE";
    sqlite.exec(`CREATE TRIGGER dies BEFORE ${when} ON ${table} BEGIN SELECT RAISE(ABORT, 'killed'); END`);
    await expect(check(trial)).rejects.toThrow("killed");
    sqlite.exec("DROP TRIGGER dies");
    expect((await shown(trial)).status).toBe("trial");
    expect(await live(trial)).not.toContain(CANDIDATE);
  }
  await check(trial);
  expect(await shown(trial)).toMatchObject({ status: "permanent", outcome: "better" });
  expect(await live(trial)).toContain(CANDIDATE);
}, 600_000);
