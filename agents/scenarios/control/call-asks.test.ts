/** Running calls that ask a person: answered while they wait, while their process is gone, or by nobody. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { CallAnswer, CallAsk } from "@/agents/tools/contract/ask";
import type { AfterCrash, ToolContext } from "@/agents/tools/contract/tool";
import type { Message } from "@/core/shapes/shapes";
import { TEST_AGENTS } from "@/tests/agents/coding/agent-world";
import { call, endTask } from "@/tests/agents/replies";
import { eventsOf, logOf, responsesOf, tester, trialsOfThisFile, until } from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";
import { changeAgent, offerTool, worldToolFor } from "@/tests/agents/world-tool";

const LONG_MS = 120_000;
const start = trialsOfThisFile();

const permission = (what: string): CallAsk => ({
  what: "permission",
  subject: "touch:other",
  input: { what },
  level: "write",
  title: `touch ${what}`,
  detail: "touch asks.",
  why: "It is a test.",
});
const question = (text: string): CallAsk => ({
  what: "question",
  subject: "touch:question",
  input: { text },
  level: "write",
  title: text,
  detail: text,
  evidence: text,
});

/** A tool that asks what `ask` says and answers with what it was told. */
function asking(afterCrash: AfterCrash, ask: (what: string) => CallAsk = permission, seen: ToolContext[] = []) {
  return worldToolFor("touch", afterCrash, async ({ what }, context) => {
    seen.push(context);
    if (!context.ask) return "nobody can be asked";
    const { approved, text, by }: CallAnswer = await context.ask(ask(what));
    return `${approved ? "allowed" : "refused"} by ${by}: ${text}`;
  });
}

interface Options {
  env?: Record<string, string>;
  runtime?: Record<string, unknown>;
}

async function trialWith(tool: ReturnType<typeof asking>, calls: string[], { env = {}, runtime = {} }: Options = {}) {
  const script = { root: [...calls.map((what) => call("touch", { what })), endTask("done")] };
  const trial = await start(script, { runtime: { worldTools: [tool], ...runtime }, env });
  await changeAgent(trial, "worker", { tools: ["touch"] });
  return trial;
}

/** Waits until exactly one item is open, and returns it. */
function openItem(trial: Trial) {
  return until(async () => {
    const { items } = await trial.runtime.application.queries.listReviews({ open: true });
    return items.length === 1 && items[0];
  }, "one item is open");
}

const decide = (trial: Trial, id: string, how: "approved" | "rejected", reason = "") =>
  trial.runtime.application.commands.decide({ id, decision: how, reason }, tester);

async function logOfRoot(trial: Trial, treeId: string): Promise<Message[]> {
  return logOf(trial, (await trial.runtime.application.queries.getTree(treeId)).root_task_id);
}

test("a permission is asked in the middle of a call, which goes on with the answer; the same request asks again", async () => {
  for (const afterCrash of ["resume", "report_interrupted", "repeat"] as const) {
    const trial = await trialWith(asking(afterCrash), ["a", "a"]);
    const { id } = await trial.submit({ task: "root", agent: "worker" });
    const first = await openItem(trial);
    expect(first).toMatchObject({ kind: "approval", title: "touch a", evidence: '{\n "what": "a"\n}' });
    await decide(trial, first.id, "approved");
    const second = await until(async () => {
      const item = await openItem(trial);
      return item.id !== first.id && item;
    }, "the second call asks again");
    await decide(trial, second.id, "rejected", "Once was enough.");
    expect((await trial.ended(id)).status).toBe("succeeded");
    const log = await logOfRoot(trial, id);
    expect(responsesOf(log).slice(0, 2)).toEqual(["allowed by tester: null", "refused by tester: Once was enough."]);
    const asked = eventsOf(log).filter((type) => type.startsWith("call_") && type !== "call_started");
    expect(asked).toEqual(["call_asked", "call_answered", "call_asked", "call_answered"]);
    expect(trial.faults).toEqual([]);
  }
});

test("rights, policies and rules decide before a person does, and not about what nobody knows", async () => {
  const asks: Record<string, CallAsk> = {
    plain: { ...permission("plain"), why: undefined },
    foreign: { ...permission("foreign"), level: "change" },
    unknown: permission("unknown"),
    long: { ...permission("long"), input: "x".repeat(100_001) },
  } as Record<string, CallAsk>;
  const trial = await trialWith(
    asking("resume", (what) => asks[what] as CallAsk),
    Object.keys(asks),
  );
  await offerTool(trial, "touch", "auto");
  await trial.runtime.application.commands.addRule({ tool: "touch", why: "All of touch.", hours: 1 }, tester);
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const item = await openItem(trial);
  expect(item.title).toBe("touch unknown");
  await decide(trial, item.id, "approved");
  await trial.ended(id);
  expect(responsesOf(await logOfRoot(trial, id)).slice(0, 4)).toEqual([
    "allowed by the policy: null",
    "refused by Banyan: it needs the right “change”, which this task does not have",
    "allowed by tester: null",
    "refused by Banyan: a person must see all of it, and it has more than 100000 characters",
  ]);
});

test("a question in the middle of a call is answered with a text", async () => {
  const trial = await trialWith(asking("resume", question), ["Which port?"]);
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const item = await openItem(trial);
  expect([item.kind, item.title]).toEqual(["question", "Which port?"]);
  await trial.runtime.application.commands.answer({ id: item.id, text: "8080" }, tester);
  await trial.ended(id);
  expect(responsesOf(await logOfRoot(trial, id))[0]).toBe("allowed by tester: 8080");
});

test("a call that waits long rests without a slot, and goes on when a person has decided", async () => {
  const seen: ToolContext[] = [];
  const trial = await trialWith(asking("resume", permission, seen), ["a"], { runtime: { heldMs: 1 } });
  const { queries } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const item = await openItem(trial);
  await until(() => trial.worker?.active() === 0, "the task rests");
  const { root_task_id } = await queries.getTree(id);
  const root = await queries.getTask(root_task_id);
  expect(root.waiting_for).toEqual({ kind: "approval", tasks: [], reviews: [item.id] });
  await decide(trial, item.id, "approved");
  expect((await trial.ended(id)).status).toBe("succeeded");
  expect(responsesOf(await logOfRoot(trial, id))[0]).toBe("allowed by tester: null");
  expect(seen.map(({ resumed }) => resumed)).toEqual([undefined, []]);
});

test("a message sets a resting call aside; its answer is kept for the same request", async () => {
  const trial = await trialWith(asking("resume"), ["a", "a"], { runtime: { heldMs: 1 } });
  const { commands } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const item = await openItem(trial);
  await until(() => trial.worker?.active() === 0, "the task rests");
  const { root_task_id } = await trial.runtime.application.queries.getTree(id);
  await commands.steer({ id: root_task_id, text: "Be quick." }, tester);
  const second = await until(async () => {
    const open = await openItem(trial);
    return open.id !== item.id && open;
  }, "the repeated call asks again, because nobody had answered");
  expect((await trial.runtime.application.queries.getReview(item.id)).status).toBe("withdrawn");
  await decide(trial, second.id, "approved");
  await trial.ended(id);
  const [first, next] = responsesOf(await logOfRoot(trial, id));
  expect(first).toContain("Set aside: while the call waited for a person");
  expect(next).toBe("allowed by tester: null");
});

test("nobody answers in time: the task fails, or goes on without the permission where an answer is set for the case", async () => {
  for (const heldMs of [1, 3_600_000]) {
    for (const [answer, becomes] of [
      [undefined, "failed ask_timeout"],
      ["Leave it.", "succeeded refused by the time-out: Leave it."],
    ] as const) {
      let now = Date.now();
      const env = { ASK_TIMEOUT_SECONDS: "600", ...(answer && { ASK_TIMEOUT_ANSWER: answer }) };
      const trial = await trialWith(asking("resume"), ["a"], { env, runtime: { heldMs, now: () => now } });
      const { id } = await trial.submit({ task: "root", agent: "worker" });
      const item = await openItem(trial);
      now += 600_001;
      const tree = await trial.ended(id);
      const said = tree.reason ?? responsesOf(await logOfRoot(trial, id))[0];
      expect(`${tree.status} ${said}`).toBe(becomes);
      expect((await trial.runtime.application.queries.getReview(item.id)).status).toBe("withdrawn");
    }
  }
});

test("a call that cannot rest is told the default answer of its question, and without one its task fails", async () => {
  for (const [answer, becomes] of [
    [undefined, "failed ask_timeout"],
    ["8080", "succeeded allowed by the time-out: 8080"],
  ] as const) {
    let now = Date.now();
    const env = { ASK_TIMEOUT_SECONDS: "600", ...(answer && { ASK_TIMEOUT_ANSWER: answer }) };
    const tool = asking("report_interrupted", question);
    const trial = await trialWith(tool, ["Which port?"], { env, runtime: { now: () => now } });
    const { id } = await trial.submit({ task: "root", agent: "worker" });
    const item = await openItem(trial);
    now += 600_001;
    const tree = await trial.ended(id);
    expect(`${tree.status} ${tree.reason ?? responsesOf(await logOfRoot(trial, id))[0]}`).toBe(becomes);
    const { status } = await trial.runtime.application.queries.getReview(item.id);
    expect(status).toBe(answer ? "answered" : "withdrawn");
  }
});

test("what is decided while the process of a call is gone that cannot go on is kept for the repeated call", async () => {
  const trial = await trialWith(asking("report_interrupted"), ["a", "a"]);
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const item = await openItem(trial);
  await trial.worker?.stop(0);
  await decide(trial, item.id, "approved");
  await trial.runtime.startWorker({ role: "worker", pollMs: 20 });
  expect((await trial.ended(id)).status).toBe("succeeded");
  const [lost, next] = responsesOf(await logOfRoot(trial, id));
  expect(lost).toContain("interrupted");
  expect(next).toBe("allowed by tester: null");
});

test("a stop ends the wait, and withdraws what was asked", async () => {
  const trial = await trialWith(asking("resume"), ["a"]);
  const { commands, queries } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const item = await openItem(trial);
  await commands.stop({ id, reason: "" }, tester);
  expect((await trial.ended(id)).status).toBe("stopped");
  expect((await queries.getReview(item.id)).status).toBe("withdrawn");
});

test("what is decided while the process is gone is used by the next one, once", async () => {
  const seen: ToolContext[] = [];
  const trial = await trialWith(asking("resume", permission, seen), ["a"]);
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const item = await openItem(trial);
  await trial.worker?.stop(0);
  expect(seen[0]?.signal.aborted).toBe(true);
  await decide(trial, item.id, "approved");
  await trial.runtime.startWorker({ role: "worker", pollMs: 20 });
  expect((await trial.ended(id)).status).toBe("succeeded");
  const log = await logOfRoot(trial, id);
  expect(responsesOf(log)[0]).toBe("allowed by tester: null");
  const types = ["call_started", "call_asked", "call_answered", "answer_used"];
  expect(
    eventsOf(log)
      .filter((type) => types.includes(type))
      .sort(),
  ).toEqual(["answer_used", "call_answered", "call_asked", "call_started", "call_started"]);
  expect(seen[1]?.resumed).toEqual([]);
});

test(
  "a coding agent's request comes to Review; decided while the agent is ended, its session goes on where it was",
  async () => {
    const prompt = "edit a.txt one\npermit other Use the tool\nedit b.txt two\nsay It is done.";
    const trial = await start(
      { root: [call("run_coding_agent", { agent: "test", prompt }), endTask("done")], "*": endTask("noted") },
      { env: { BANYAN_CODING_AGENTS: TEST_AGENTS }, runtime: { heldMs: 1 } },
    );
    await changeAgent(trial, "worker", { tools: ["run_coding_agent"] });
    const { id, workspace } = await trial.submit({ task: "root", agent: "worker" });
    const item = await openItem(trial);
    expect(item).toMatchObject({ kind: "approval", title: "test: Use the tool" });
    await until(() => trial.worker?.active() === 0, "the agent is ended and the task rests");
    expect([existsSync(join(workspace, "a.txt")), existsSync(join(workspace, "b.txt"))]).toEqual([true, false]);
    await decide(trial, item.id, "approved");
    const tree = await trial.ended(id);
    expect([tree.status, trial.faults]).toEqual(["succeeded", []]);
    const log = await logOf(trial, tree.root_task_id);
    const answer = JSON.parse(responsesOf(log)[0] ?? "");
    expect(answer).toMatchObject({ stop_reason: "end_turn", message: "It is done." });
    const calls = log.filter(({ content }) => content.type === "executor_call");
    expect(calls.map(({ content }) => [content.title, content.status])).toEqual([
      ["edit a.txt one", "completed"],
      ["permit other Use the tool", "completed"],
      ["edit b.txt two", "completed"],
    ]);
    const began = log.filter(({ content }) => content.type === "executor_started");
    expect(began.map(({ content }) => content.isLoaded)).toEqual([false, true]);
    expect(existsSync(join(workspace, "b.txt"))).toBe(true);
  },
  LONG_MS,
);
