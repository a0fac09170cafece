import { expect, test } from "vitest";
import { ownerCalled } from "@/core/rules/roles";
import { steadyMs } from "@/db/file/steady-clock";
import { compareRows } from "@/db/log/rebuild";
import type { Reply, ScriptedRequest } from "@/tests/agents/provider-script";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import {
  gate,
  logOf,
  requestsOf,
  resultsIn,
  runRoot,
  sub,
  tester,
  titled,
  toldIn,
  trialsOfThisFile,
  until,
  whenTask,
} from "@/tests/agents/scenario";

const start = trialsOfThisFile();

const spending = (outputTokens: number, reply: Reply): Reply => ({
  ...reply,
  usage: { inputTokens: 1_000, outputTokens },
});
const events = async (trial: Awaited<ReturnType<typeof start>>, task: string, type: string) =>
  (await logOf(trial, task)).filter((message) => message.kind === "event" && message.content.type === type);

test("subtasks get a share of what is left, and what they do not use comes back", async () => {
  const trial = await start({
    root: [startSubtask(sub("a"), sub("b", { grant: { tokens: 20_000 } })), startSubtask(sub("c")), endTask("done")],
    "*": spending(500, endTask("leaf")),
  });
  const tree = await runRoot(trial, { grant: { tokens: 400_000 } });
  expect(tree.status).toBe("succeeded");
  const [a, b, c] = ["a", "b", "c"].map((title) => titled(tree, title).grant.tokens ?? 0) as [number, number, number];
  expect(b).toBe(20_000);
  // 88 % of the root's grant, less what is spent and asked for, less a fifth.
  expect(a).toBeLessThan(0.8 * 400_000);
  expect(a).toBeGreaterThan(200_000);
  // By the second turn both shares are back, except for what was used.
  expect(c).toBeGreaterThan(a);
  expect(titled(tree, "root").spent.tokens).toBe(tree.totals.tokens_in + tree.totals.tokens_out);
});

test("a share larger than any number that is kept is no fault of the system", async () => {
  const trial = await start({
    root: [startSubtask(sub("a", { grant: { tokens: 1e300, cost_usd: 1e300, seconds: 1e300 } })), endTask("done")],
    "*": endTask("leaf"),
  });
  const tree = await runRoot(trial, {});
  expect([tree.status, titled(tree, "a").status]).toEqual(["succeeded", "succeeded"]);
  expect(trial.faults).toEqual([]);
});

test("a subtask that asks for more than is left is refused with what is left", async () => {
  const trial = await start({
    root: [startSubtask(sub("a", { grant: { cost_usd: 50 } })), endTask("done")],
    "*": endTask("leaf"),
  });
  const tree = await runRoot(trial, { grant: { cost_usd: 3 } });
  expect([tree.status, tree.tasks.filter((task) => task.role === "work").length]).toEqual(["succeeded", 1]);
  expect(resultsIn(requestsOf(trial, "root")[1])[0]).toMatch(
    /^Refused: the subtask needs \$50, but this task's grant has \$2\.\d+ left/,
  );
});

test("an agent is told at four fifths of its grant, gets one last turn, and ends with what it has", async () => {
  const saw = (request: ScriptedRequest, words: string) => request.rawBody.includes(words);
  const trial = await start({
    root: (request) =>
      saw(request, "Your next reply is your last")
        ? spending(200, endTask("what there is"))
        : spending(9_000, call("read_file", { path: `no-${request.turn}` })),
    "*": endTask("noted"),
  });
  const tree = await runRoot(trial, { grant: { tokens: 100_000 } });
  expect([tree.status, tree.reason]).toEqual(["succeeded", null]);
  const told = await events(trial, tree.root_task_id, "grant_low");
  expect(told.map((message) => message.content.last)).toEqual([false, true]);
  expect(String(told[0]?.content.text)).toMatch(/^80 % of your grant is spent; \d+ tokens are left/);
  expect(tree.totals.tokens_in + tree.totals.tokens_out).toBeLessThanOrEqual(100_000);
  const root = await trial.runtime.application.queries.getTask(tree.root_task_id);
  expect(root.result).toBe("what there is");
});

test("whoever does not end in its last turn fails as out of grant", async () => {
  const trial = await start({
    root: ({ turn }) => spending(9_000, call("read_file", { path: `no-${turn}` })),
    "*": endTask("noted"),
  });
  const tree = await runRoot(trial, { grant: { tokens: 100_000 } });
  expect([tree.status, tree.reason]).toEqual(["failed", "out_of_grant"]);
  expect(titled(tree, "root").reason_detail).toBe("The grant is used up, and its last turn did not end the task.");
  expect(tree.totals.tokens_in + tree.totals.tokens_out).toBeLessThanOrEqual(100_000);
});

test("a call that costs more than was reserved is an overrun, paid from the tree's reserve", async () => {
  const trial = await start({
    root: [startSubtask(sub("a")), endTask("done")],
    // The provider counts far more input than the request has bytes for.
    a: { ...endTask("leaf"), usage: { inputTokens: 60_000, outputTokens: 64_000 } },
    "*": endTask("noted"),
  });
  const tree = await runRoot(trial, { grant: { tokens: 4_000_000 } });
  const a = titled(tree, "a");
  const overruns = await events(trial, a.id, "overrun");
  expect(overruns).toHaveLength(1);
  expect(a.spent.tokens).toBe(124_000);
  const held = trial.runtime.store.client.sqlite
    .prepare("SELECT count(*) FROM tasks WHERE tokens_in + tokens_out + reserved_tokens + given_tokens > grant_tokens")
    .pluck()
    .get();
  expect([tree.status, held]).toEqual(["succeeded", 0]);
});

test("a stream that is cut after its first part is charged its input and what had arrived, shown as unconfirmed", async () => {
  const trial = await start({
    root: (request) =>
      request.attempt === 0
        ? { text: "I begin and never end this.", fault: { type: "cut", afterEvents: 4 } }
        : endTask("done"),
    "*": endTask("noted"),
  });
  const tree = await runRoot(trial);
  const charged = await events(trial, tree.root_task_id, "unconfirmed");
  expect(tree.status).toBe("succeeded");
  expect(charged).toHaveLength(1);
  // Far below the 16,000 tokens of output that the call had reserved.
  const sent = requestsOf(trial, "root")[0]?.rawBody.length ?? 0;
  expect(Number(charged[0]?.content.tokens)).toBeGreaterThan(sent / 8);
  expect(Number(charged[0]?.content.tokens)).toBeLessThan(sent / 3);
  expect(titled(tree, "root").spent.tokens).toBeGreaterThan(Number(charged[0]?.content.tokens));
});

test("seconds run while the task or a subtask runs, not while it waits for a person", async () => {
  let offsetMs = 0;
  const trial = await start(
    {
      root: [call("ask", { question: "May I?" }), startSubtask(sub("child")), endTask("done")],
      child: (request) => {
        if (request.turn === 0) return call("list_agents", {});
        return endTask("child");
      },
      "*": endTask("noted"),
    },
    { runtime: { now: () => Date.now() + offsetMs } },
  );
  const { commands, queries } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", agent: "worker", grant: { seconds: 60 } });
  const question = await until(
    async () => (await queries.listReviews({ open: true })).items[0],
    "the question is asked",
  );
  await until(() => trial.worker?.active() === 0, "nothing runs");
  offsetMs = 3_600_000;
  await commands.answer({ id: question.id, text: "Yes." }, ownerCalled("ann"));
  const tree = await trial.ended(id);
  expect(tree.status).toBe("succeeded");
  expect(titled(tree, "child").grant.seconds).toBeLessThanOrEqual(60);
});

test("an hour of work is more than a minute's grant", async () => {
  let offsetMs = 0;
  const trial = await start(
    {
      root: (request) => {
        if (request.turn === 1) offsetMs = 3_600_000;
        return toldIn(request).includes("2 h") ? endTask("in time") : call("list_agents", {});
      },
      "*": endTask("noted"),
    },
    { runtime: { now: () => Date.now() + offsetMs } },
  );
  const { commands, queries } = trial.runtime.application;
  const tree = await runRoot(trial, { grant: { seconds: 60 } });
  expect([tree.status, tree.reason]).toEqual(["failed", "out_of_grant"]);
  expect(titled(tree, "root").reason_detail).toMatch(/^Its time limit of 1 minute/);

  const id = tree.root_task_id;
  const why = "Its grant of 1 m does not suffice: add 1 m to continue.";
  expect(await queries.getContinuation(id)).toMatchObject({ by: "retry", needs: { seconds: 60 }, why });
  await expect(commands.continueTask({ id, text: "Go on." }, tester)).rejects.toThrow(why);
  await commands.continueTask({ id, text: "Go on for 2 h.", seconds: 7_200 }, tester);
  const again = await trial.ended(tree.id);
  expect([again.status, again.grant.seconds]).toEqual(["succeeded", 7_260]);
  // From the start of the task nothing is added yet, at its end everything.
  const forked = async (at: number) => (await queries.getTree((await commands.fork({ id, at }, tester)).id)).grant;
  const { seq } = (await logOf(trial, id)).at(-1) ?? { seq: 0 };
  expect([(await forked(2)).seconds, (await forked(seq)).seconds]).toEqual([60, 7_260]);
});

test("time that is added while a call runs past the limit counts when the call returns", async () => {
  let offsetMs = 0;
  const hold = gate();
  const trial = await start(
    {
      root: ({ turn }) => (turn === 0 ? hold.opened.then(() => call("list_agents", {})) : endTask("done")),
      "*": endTask("noted"),
    },
    { runtime: { now: () => Date.now() + offsetMs } },
  );
  const { id } = await trial.submit({ task: "root", agent: "worker", grant: { seconds: 60 } });
  await until(() => requestsOf(trial, "root").length === 1, "the first call is under way");
  await trial.runtime.application.commands.grant({ id, seconds: 7_200 }, ownerCalled("ann"));
  offsetMs = 3_600_000;
  hold.open();
  expect((await trial.ended(id)).status).toBe("succeeded");
  expect(toldIn(requestsOf(trial, "root")[1])).toContain("ann granted 2 h 00 m more.");
  await expect(trial.runtime.application.commands.grant({ id, seconds: -1 }, tester)).rejects.toThrow(
    "The seconds to add cannot be -1",
  );
});

test("a clock that is set ahead, or back, is no work: seconds of a grant run by another one", async () => {
  let offsetMs = 0;
  const trial = await start(
    {
      root: ({ turn }) => {
        offsetMs = [0, 86_400_000, -86_400_000][turn] ?? 0;
        return turn < 3 ? call("list_agents", {}) : endTask("done");
      },
      "*": endTask("noted"),
    },
    { runtime: { now: () => Date.now() + offsetMs, steady: steadyMs } },
  );
  const tree = await runRoot(trial, { grant: { seconds: 3_600 } });
  expect([tree.status, tree.reason]).toEqual(["succeeded", null]);
});

test("a grant that is added to lets a task that ran out begin again, and stays conserved", async () => {
  const trial = await start({
    root: (request) =>
      request.rawBody.includes("Attempt 1")
        ? spending(500, endTask("done now"))
        : spending(9_000, call("list_agents", {})),
    "*": endTask("noted"),
  });
  const { commands, queries } = trial.runtime.application;
  const tree = await runRoot(trial, { grant: { tokens: 60_000 } });
  expect([tree.status, tree.reason]).toEqual(["failed", "out_of_grant"]);
  const ann = ownerCalled("ann");
  expect((await commands.grant({ id: tree.id, tokens: 200_000 }, ann)).sentence).toBe(
    "ann granted 200000 tokens more. The task has ended: retry it to continue.",
  );
  await commands.retry({ id: tree.root_task_id }, ann);
  const again = await until(async () => {
    const now = await queries.getTree(tree.id);
    return now.ended_at !== null && now.status === "succeeded" && now;
  }, "the second attempt ends");
  expect(again.grant.tokens).toBe(260_000);
  expect(again.totals.tokens_in + again.totals.tokens_out).toBeLessThanOrEqual(260_000);
});

test("a task deep in a running tree is granted more, with everything above it, and reads so", async () => {
  const hold = gate();
  const trial = await start({
    root: [startSubtask(sub("child")), endTask("done")],
    child: (request) => (request.turn === 0 ? hold.opened.then(() => call("list_agents", {})) : endTask("child")),
    "*": endTask("noted"),
  });
  const { commands, queries } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", agent: "worker", grant: { cost_usd: 2 } });
  const child = await whenTask(trial, id, "child", (task) => task.status === "running");
  await commands.grant({ id: child.id, cost_usd: 1 }, ownerCalled("ann"));
  const before = child.grant.cost_usd ?? 0;
  expect((await queries.getTask(child.id)).grant.cost_usd).toBeCloseTo(before + 1, 6);
  hold.open();
  const tree = await trial.ended(id);
  expect([tree.status, tree.grant.cost_usd, titled(tree, "root").grant.cost_usd]).toEqual(["succeeded", 3, 3]);
  expect(toldIn(requestsOf(trial, "child")[1])).toContain("ann granted $1 more.");
});

test.each([
  [{}, /Say what to add/],
  [{ tokens: -5 }, /cannot be -5: give a positive number/],
  [{ tokens: Number.NaN }, /cannot be NaN/],
  [{ tokens: Number.MAX_SAFE_INTEGER }, /the cap would be too large/],
  [{ cost_usd: 1 }, /no cap on dollars/],
])("adding %j is refused with a sentence", async (more, sentence) => {
  const trial = await start({ "*": endTask("done") });
  const tree = await runRoot(trial, { grant: { tokens: 900_000 } });
  await expect(trial.runtime.application.commands.grant({ id: tree.id, ...more }, ownerCalled("ann"))).rejects.toThrow(
    sentence,
  );
});

test("an agent's own grant lowers what its tasks get, as roots and as subtasks; the rest stays above it", async () => {
  const trial = await start({
    root: [startSubtask(sub("a"), sub("b", { agent: "coder" })), endTask("done")],
    "*": endTask("leaf"),
  });
  const { queries, commands } = trial.runtime.application;
  const { fields } = await queries.getEntry("agent", "coder");
  const grant = { tokens: 20_000, cost_usd: null, tasks: 1, depth: 0, seconds: null };
  await commands.saveEntry({ kind: "agent", fields: { ...fields, grant } }, ownerCalled("tester"));
  const tree = await runRoot(trial, { grant: { tokens: 400_000 } });
  expect(titled(tree, "b").grant).toMatchObject({ tokens: 20_000, tasks: 1, depth: 0 });
  expect(titled(tree, "a").grant.tokens).toBeGreaterThan(20_000);
  const root = await runRoot(trial, { agent: "coder", task: "Alone", grant: { tokens: 90_000 } });
  expect(titled(root, "Alone").grant).toMatchObject({ tokens: 20_000, tasks: 1 });
});

test("a retry with more to spend and a message is one step: refused, it leaves neither behind", async () => {
  const hold = gate();
  const trial = await start({
    root: (request) => {
      if (!request.rawBody.includes("Attempt 1")) return spending(9_000, call("list_agents", {}));
      return request.rawBody.includes("Paint it red.")
        ? hold.opened.then(() => endTask("done now"))
        : endTask("unread");
    },
    "*": endTask("noted"),
  });
  const { commands, queries } = trial.runtime.application;
  const tree = await runRoot(trial, { grant: { tokens: 60_000 } });
  expect(tree.reason).toBe("out_of_grant");
  const ann = ownerCalled("ann");
  const given = { tokens: 200_000, message: "Paint it red." };
  expect((await commands.retry({ id: tree.root_task_id, ...given }, ann)).sentence).toBe(
    "ann granted 200000 tokens more. Attempt 2 starts. It reads the message first.",
  );
  // As if another commit had come first.
  await expect(commands.retry({ id: tree.root_task_id, ...given }, ann)).rejects.toThrow("has not ended");
  expect((await queries.getTree(tree.id)).grant.tokens).toBe(260_000);
  hold.open();
  const ended = await trial.ended(tree.id);
  expect([ended.status, ended.grant.tokens]).toEqual(["succeeded", 260_000]);
  const said = (await logOf(trial, tree.root_task_id)).filter((message) => message.kind === "steer");
  expect(said).toHaveLength(1);
  expect(compareRows(trial.runtime.store)).toEqual([]);
});

const noted = (turn: number) => spending(4_000, call("read_file", { path: `no-${turn}` }));

test("a share that runs out borrows what the tasks above have not promised, and the log says from whom", async () => {
  const trial = await start({
    root: [startSubtask(sub("a", { grant: { tokens: 30_000 } })), endTask("done")],
    a: ({ turn }) => (turn < 12 ? noted(turn) : spending(200, endTask("all of it"))),
    "*": endTask("noted"),
  });
  const tree = await runRoot(trial, { grant: { tokens: 400_000 } });
  const a = titled(tree, "a");
  expect([tree.status, a.status]).toEqual(["succeeded", "succeeded"]);
  const loans = await events(trial, a.id, "borrowed");
  expect(loans.length).toBeGreaterThan(0);
  expect(loans[0]?.content).toMatchObject({ from: tree.root_task_id, microUsd: 0, tasks: 0 });
  const lent = loans.reduce((sum, message) => sum + Number(message.content.tokens), 0);
  expect([a.grant.tokens, lent <= 90_000]).toEqual([30_000 + lent, true]);
  expect(await events(trial, a.id, "grant_low")).not.toContainEqual(
    expect.objectContaining({ content: { last: true } }),
  );
  expect(tree.totals.tokens_in + tree.totals.tokens_out).toBeLessThanOrEqual(400_000);
  expect(compareRows(trial.runtime.store)).toEqual([]);
});

test("with fixed shares, a share that runs out is not enlarged", async () => {
  const trial = await start({
    root: [startSubtask(sub("a", { grant: { tokens: 30_000 } })), endTask("done")],
    a: ({ turn }) => noted(turn),
    "*": endTask("noted"),
  });
  const tree = await runRoot(trial, { grant: { tokens: 400_000 }, fixed_shares: true });
  const a = titled(tree, "a");
  expect([a.status, a.reason, a.grant.tokens]).toEqual(["failed", "out_of_grant", 30_000]);
});

test("a loan reaches a task through a parent that has nothing left, and the parent's own share does not shrink", async () => {
  const trial = await start({
    root: [startSubtask(sub("a", { grant: { tokens: 60_000 } })), endTask("done")],
    a: [startSubtask(sub("b", { grant: { tokens: 40_000 } })), spending(200, endTask("a"))],
    b: ({ turn }) => (turn < 14 ? noted(turn) : spending(200, endTask("b"))),
    "*": endTask("noted"),
  });
  const tree = await runRoot(trial, { grant: { tokens: 600_000 } });
  expect(["a", "b"].map((title) => titled(tree, title).status)).toEqual(["succeeded", "succeeded"]);
  const lenders = (await events(trial, titled(tree, "b").id, "borrowed")).map((message) => message.content.from);
  expect(lenders).toContain(tree.root_task_id);
  expect(titled(tree, "a").grant.tokens ?? 0).toBeGreaterThan(60_000);
  expect(compareRows(trial.runtime.store)).toEqual([]);
});

test("a subtask that no loan can pay for is counted on its task, and its end names it", async () => {
  const trial = await start({
    root: [
      startSubtask(sub("a", { grant: { cost_usd: 50 } }), sub("b")),
      startSubtask(sub("c", { grant: { cost_usd: 60 } })),
      startSubtask(sub("c")),
      endTask("done"),
    ],
    "*": endTask("leaf"),
  });
  const tree = await runRoot(trial, { grant: { cost_usd: 3 } });
  // “c” was started later with less.
  const [ended] = await events(trial, tree.root_task_id, "ended");
  expect(ended?.content.refused).toEqual(["a"]);
  expect([tree.status, titled(tree, "root").refused_subtasks]).toEqual(["succeeded", 1]);
});
