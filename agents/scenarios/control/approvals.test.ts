import { expect, test } from "vitest";
import type { ToolBody } from "@/core/rules/configuration";
import { ownerCalled } from "@/core/rules/roles";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import {
  eventsOf,
  logOf,
  requestsOf,
  responsesOf,
  runRoot,
  sub,
  tester,
  titled,
  toldIn,
  trialsOfThisFile,
  unansweredCalls,
  until,
  whenTask,
} from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";
import { startTrial } from "@/tests/agents/trial";
import { changeAgent, offerTool, worldToolFor } from "@/tests/agents/world-tool";

const start = trialsOfThisFile();

/** A registered tool with a policy, which workers may call. */
async function offer(trial: Trial, policy: ToolBody["policy"], name = "touch"): Promise<void> {
  await offerTool(trial, name, policy);
  await changeAgent(trial, "worker", { tools: [name] });
}

function trialWith(script: Parameters<typeof start>[0], runs: string[], env: Record<string, string> = {}) {
  const touch = worldToolFor("touch", "report_interrupted", (input) => void runs.push(input.what));
  return start(script, { runtime: { worldTools: [touch] }, env });
}

async function openApprovals(trial: Trial) {
  const { items } = await trial.runtime.application.queries.listReviews({ open: true });
  return items.filter((item) => item.kind === "approval");
}

/** Waits until this many items are open, and returns them. */
function waitingApprovals(trial: Trial, count: number) {
  return until(async () => {
    const open = await openApprovals(trial);
    return open.length === count && open;
  }, `${count} approvals wait for a person`);
}

test("a call whose policy is ask waits for a person from any depth, while its sibling goes on, and runs when it is allowed", async () => {
  const runs: string[] = [];
  const script = {
    root: [startSubtask(sub("asks"), sub("free")), endTask("done")],
    asks: [startSubtask(sub("deep")), endTask("asked")],
    deep: [call("touch", { what: "prod" }), endTask("deep")],
    free: [endTask("free")],
  };
  const trial = await trialWith(script, runs);
  await offer(trial, "ask");
  const { commands, queries } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const [item] = await waitingApprovals(trial, 1);
  await whenTask(trial, id, "free", (task) => task.status === "succeeded");
  const waiting = await whenTask(trial, id, "deep", (task) => task.status === "waiting");
  expect(waiting.waiting_for).toEqual({ kind: "approval", tasks: [], reviews: [item?.id] });
  expect((await queries.getTree(id)).status).toBe("waiting");
  expect(item).toMatchObject({ title: 'touch {"what":"prod"}', blast_radius: 2, alike: 1, status: "open" });
  expect(JSON.parse(item?.evidence ?? "")).toEqual({ what: "prod" });
  await until(() => trial.worker?.active() === 0, "no slot is held");
  expect(runs).toEqual([]);
  await commands.decide({ id: item?.id ?? "", decision: "approved", reason: "" }, tester);
  const tree = await trial.ended(id);
  expect([tree.status, runs]).toEqual(["succeeded", ["prod"]]);
  const log = await logOf(trial, titled(tree, "deep").id);
  expect(eventsOf(log).slice(0, 3)).toEqual(["approval_asked", "approval_decided", "call_started"]);
  expect(await queries.getReview(item?.id ?? "")).toMatchObject({ status: "approved", decided_by: "tester" });
  expect(await unansweredCalls(trial, tree)).toEqual([]);
});

test("a call that is not allowed is not run, and the agent reads why", async () => {
  const runs: string[] = [];
  const trial = await trialWith({ root: [call("touch", { what: "prod" }), endTask("without it")] }, runs);
  await offer(trial, "ask");
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const [item] = await waitingApprovals(trial, 1);
  await trial.runtime.application.commands.decide(
    { id: item?.id ?? "", decision: "rejected", reason: "Not on a Friday." },
    tester,
  );
  const tree = await trial.ended(id);
  expect([tree.status, runs]).toEqual(["succeeded", []]);
  expect(responsesOf(await logOf(trial, tree.root_task_id))[0]).toBe(
    "Not run: tester did not allow this call: Not on a Friday.",
  );
  await expect(
    trial.runtime.application.commands.decide({ id: item?.id ?? "", decision: "approved", reason: "" }, tester),
  ).rejects.toThrow("Already decided (rejected by tester).");
});

test("of two people who decide at the same moment one does, and the other reads who was quicker", async () => {
  const trial = await trialWith({ root: [call("touch", { what: "prod" }), endTask("done")] }, []);
  await offer(trial, "ask");
  await trial.submit({ task: "root", agent: "worker" });
  const [item] = await waitingApprovals(trial, 1);
  const { commands } = trial.runtime.application;
  const decided = await Promise.allSettled(
    (["approved", "rejected"] as const).map((what) =>
      commands.decide({ id: item?.id ?? "", decision: what, reason: "" }, ownerCalled(what)),
    ),
  );
  expect(decided).toMatchObject([
    { status: "fulfilled" },
    { status: "rejected", reason: { message: "Already decided (approved by approved)." } },
  ]);
});

test("two calls of a turn are asked at once, and run in their order whichever is allowed first", async () => {
  const runs: string[] = [];
  const calls = { calls: ["one", "two"].map((what) => ({ name: "touch", input: { what } })) };
  const trial = await trialWith({ root: [calls, endTask("done")] }, runs);
  await offer(trial, "ask");
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const open = await waitingApprovals(trial, 2);
  const named = (what: string) => open.find((item) => item.title.includes(what))?.id ?? "";
  const { commands } = trial.runtime.application;
  await commands.decide({ id: named("two"), decision: "approved", reason: "" }, tester);
  const root = (await trial.runtime.application.queries.getTree(id)).root_task_id;
  await until(
    async () => eventsOf(await logOf(trial, root)).filter((type) => type === "approval_decided").length === 1,
    "the second is allowed",
  );
  expect(runs).toEqual([]);
  await commands.decide({ id: named("one"), decision: "approved", reason: "" }, tester);
  expect((await trial.ended(id)).status).toBe("succeeded");
  expect(runs).toEqual(["one", "two"]);
});

test("a message calls off what waits for approval: nothing of the turn runs, and the item is withdrawn", async () => {
  const runs: string[] = [];
  const turn = {
    calls: [
      { name: "touch", input: { what: "prod" } },
      { name: "start_subtask", input: sub("never") },
    ],
  };
  const trial = await trialWith({ root: [turn, endTask("as you say")] }, runs);
  await offer(trial, "ask");
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const [item] = await waitingApprovals(trial, 1);
  const { commands, queries } = trial.runtime.application;
  const { root_task_id } = await queries.getTree(id);
  await commands.steer({ id: root_task_id, text: "Leave production alone." }, tester);
  const tree = await trial.ended(id);
  expect([tree.status, runs, tree.tasks.map((task) => task.title)]).toEqual([
    "succeeded",
    [],
    expect.not.arrayContaining(["never"]),
  ]);
  const second = requestsOf(trial, "root")[1];
  expect(toldIn(second)).toContain("Leave production alone.");
  for (const text of responsesOf(await logOf(trial, root_task_id)).slice(0, 2)) expect(text).toMatch(/^Not run: /);
  const calledOff = { status: "withdrawn", decided_by: null, decided_at: expect.any(String) };
  expect(await queries.getReview(item?.id ?? "")).toMatchObject(calledOff);
  expect(await unansweredCalls(trial, tree)).toEqual([]);
});

test("a tool whose policy is deny is refused at once", async () => {
  const runs: string[] = [];
  const trial = await trialWith({ root: [call("touch", { what: "prod" }), endTask("done")] }, runs);
  await offer(trial, "deny");
  const tree = await runRoot(trial);
  expect(runs).toEqual([]);
  expect(responsesOf(await logOf(trial, tree.root_task_id))[0]).toBe("The policy of touch does not allow calls.");
});

test("an approval survives the server: decided while nothing runs, the call is run by the next worker", async () => {
  const runs: string[] = [];
  const script = { root: [call("touch", { what: "prod" }), endTask("done")] };
  const trial = await trialWith(script, runs);
  await offer(trial, "ask");
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const [item] = await waitingApprovals(trial, 1);
  await until(() => trial.worker?.active() === 0, "the task rests");
  await trial.worker?.stop(1_000);
  await trial.runtime.application.commands.decide({ id: item?.id ?? "", decision: "approved", reason: "" }, tester);
  expect(runs).toEqual([]);
  const next = await trial.runtime.startWorker({ role: "worker", pollMs: 20 });
  expect((await trial.ended(id)).status).toBe("succeeded");
  expect(runs).toEqual(["prod"]);
  await next.stop(1_000);
});

test("equal calls of a tree are decided with one decision, which lists them; those of another tree wait on", async () => {
  const runs: string[] = [];
  const thrice = { calls: [1, 2, 3].map(() => ({ name: "touch", input: { what: "prod" } })) };
  const trial = await trialWith(
    { root: [thrice, endTask("done")], other: [call("touch", { what: "prod" }), endTask("done")] },
    runs,
  );
  await offer(trial, "ask");
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const open = await waitingApprovals(trial, 3);
  const other = await trial.submit({ task: "other", agent: "worker" });
  expect((await waitingApprovals(trial, 4)).find((item) => item.tree_id === other.id)?.alike).toBe(1);
  expect(open.map((item) => item.alike)).toEqual([3, 3, 3]);
  const alike = await trial.runtime.application.queries.listReviews({ alikeTo: open[0]?.id ?? "" });
  expect(alike.items.map((item) => item.id).sort()).toEqual(open.map((item) => item.id).sort());
  const done = await trial.runtime.application.commands.decide(
    { id: open[0]?.id ?? "", decision: "approved", reason: "", alike: true },
    tester,
  );
  expect(done.sentence).toBe("3 equal items are closed: allowed.");
  expect([...done.decided].sort()).toEqual(open.map((item) => item.id).sort());
  expect((await trial.ended(id)).status).toBe("succeeded");
  expect(runs).toEqual(["prod", "prod", "prod"]);
  expect((await waitingApprovals(trial, 1)).map((item) => item.tree_id)).toEqual([other.id]);
});

test("a rule approves what waits and what comes, stands beside each, and approves nothing once it is revoked or over", async () => {
  const runs: string[] = [];
  let now = Date.now();
  const touch = worldToolFor("touch", "report_interrupted", (input) => void runs.push(input.what));
  const trial = await start(
    {
      root: [call("touch", { what: "prod" }), endTask("done")],
      other: [call("touch", { what: "else" }), endTask("x")],
    },
    { runtime: { worldTools: [touch], now: () => now } },
  );
  await offer(trial, "ask");
  const { commands, queries } = trial.runtime.application;
  const first = await trial.submit({ task: "root", agent: "worker" });
  const [item] = await waitingApprovals(trial, 1);
  const added = await commands.addRule({ item: item?.id, why: "It is harmless.", hours: 2 }, tester);
  expect(added.decided).toEqual([item?.id]);
  expect((await trial.ended(first.id)).status).toBe("succeeded");
  const second = await trial.submit({ task: "root", agent: "worker" });
  expect((await trial.ended(second.id)).status).toBe("succeeded");
  expect(runs).toEqual(["prod", "prod"]);
  const [rule] = await queries.listRules();
  expect(rule).toMatchObject({ id: added.rule, tool: "touch", exact: true, uses: 2, why: "It is harmless." });

  // Other arguments need a new approval.
  const other = await trial.submit({ task: "other", agent: "worker" });
  const [different] = await waitingApprovals(trial, 1);
  await commands.stop({ id: other.id, reason: "" }, tester);
  await trial.ended(other.id);
  expect((await queries.getReview(different?.id ?? "")).status).toBe("withdrawn");

  const revoked = await commands.revokeRule({ id: added.rule }, tester);
  expect(revoked.decided.length).toBe(2);
  expect((await queries.listRules())[0]).toMatchObject({ revoked_by: "tester" });
  await expect(commands.revokeRule({ id: added.rule }, tester)).rejects.toThrow("already off");
  const third = await trial.submit({ task: "root", agent: "worker" });
  await until(async () => (await openApprovals(trial)).length === 1, "without the rule a person is asked again");

  await commands.addRule({ tool: "touch", why: "For an hour.", hours: 1 }, tester);
  expect((await trial.ended(third.id)).status).toBe("succeeded");
  now += 3_600_001;
  await trial.submit({ task: "root", agent: "worker" });
  await until(async () => (await openApprovals(trial)).length === 1, "after its hour the rule is over");
});

test("a rule is changed, switched off and on again, counts what it approved before, and is removed only while it has approved nothing", async () => {
  const runs: string[] = [];
  const trial = await trialWith({ root: [call("touch", { what: "prod" }), endTask("done")] }, runs);
  await offer(trial, "ask");
  const { queries, commands } = trial.runtime.application;
  const submit = () => trial.submit({ task: "root", agent: "worker" });
  const { rule: id } = await commands.addRule({ tool: "touch", why: "Twice.", most_uses: 2 }, tester);
  expect(await commands.revokeRule({ id }, tester)).toMatchObject({ decided: [] });
  const first = await submit();
  await waitingApprovals(trial, 1);

  const on = await commands.changeRule({ id, on: true, most_uses: 1 }, tester);
  expect(on.decided).toHaveLength(1);
  expect(on.sentence).toBe(
    "Rule changed, but its limit is reached: it has approved 1 of 1 calls. It has approved 1 waiting call.",
  );
  expect((await trial.ended(first.id)).status).toBe("succeeded");
  const [second, third] = [await submit(), await submit()];
  await waitingApprovals(trial, 2);
  // The rule may approve one more call, so only one of the two waiting calls.
  expect((await commands.changeRule({ id, most_uses: 2, why: "Once more." }, tester)).decided).toHaveLength(1);
  await waitingApprovals(trial, 1);
  expect((await commands.changeRule({ id, most_uses: null }, tester)).decided).toHaveLength(1);
  for (const tree of [second, third]) expect((await trial.ended(tree.id)).status).toBe("succeeded");
  expect(runs).toHaveLength(3);

  await expect(commands.changeRule({ id, on: true }, tester)).rejects.toThrow("already on");
  await expect(commands.changeRule({ id, hours: -1 }, tester)).rejects.toThrow("more than 0");
  await expect(commands.changeRule({ id, most_uses: 0.5 }, tester)).rejects.toThrow("a whole number of calls");
  await expect(commands.changeRule({ id }, tester)).rejects.toThrow("Say what changes");
  await expect(commands.removeRule({ id }, tester)).rejects.toThrow("The rule has approved 3 calls and is kept");
  expect((await queries.listRuleEvents(id)).map(({ what, by, why }) => [what, by, why])).toEqual([
    ["made", "tester", "Twice."],
    ["off", "tester", null],
    ["on", "tester", null],
    ["changed", "tester", "Once more."],
    ["changed", "tester", null],
  ]);

  const unused = await commands.addRule({ tool: "touch", why: "Only there.", tree: first.id }, tester);
  expect((await queries.listRules())[0]).toMatchObject({ tree_id: first.id, most_uses: null });
  await commands.removeRule({ id: unused.rule }, tester);
  expect(await queries.listRules()).toHaveLength(1);
});

test("a rule for one call approves no second one after the tree of the first is deleted", async () => {
  const runs: string[] = [];
  const trial = await trialWith({ root: [call("touch", { what: "prod" }), endTask("done")] }, runs);
  await offer(trial, "ask");
  const { queries, commands } = trial.runtime.application;
  const { rule: id } = await commands.addRule({ tool: "touch", why: "Once.", most_uses: 1 }, tester);
  const first = await runRoot(trial);
  expect([first.status, runs]).toEqual(["succeeded", ["prod"]]);
  await commands.deleteTree({ id: first.id }, tester);
  expect(await queries.listRules()).toMatchObject([{ id, uses: 1, most_uses: 1 }]);

  const second = await trial.submit({ task: "root", agent: "worker" });
  const [asked] = await waitingApprovals(trial, 1);
  expect([asked?.tree_id, runs]).toEqual([second.id, ["prod"]]);
  // Switched off and on, it decides nothing that waits either; a person can let it approve one more.
  expect((await commands.revokeRule({ id }, tester)).sentence).toContain("It had approved 1 call;");
  expect((await commands.changeRule({ id, on: true }, tester)).decided).toEqual([]);
  await expect(commands.removeRule({ id }, tester)).rejects.toThrow("The rule has approved a call and is kept");
  expect((await commands.changeRule({ id, most_uses: 2 }, tester)).decided).toEqual([asked?.id]);
  expect((await trial.ended(second.id)).status).toBe("succeeded");
  expect(runs).toHaveLength(2);
});

test("a person sets the policy of a tool, for calls from then on", async () => {
  const runs: string[] = [];
  const trial = await trialWith({ root: [call("touch", { what: "x" }), endTask("done")] }, runs);
  await offer(trial, "auto");
  const { commands, queries } = trial.runtime.application;
  expect((await commands.setToolPolicy({ id: "touch", policy: "ask" }, tester)).sentence).toMatch(/waits for a person/);
  expect((await queries.listTools()).find((tool) => tool.name === "touch")?.policy).toBe("ask");
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  await waitingApprovals(trial, 1);
  await commands.stop({ id, reason: "" }, tester);
  await expect(commands.setToolPolicy({ id: "touch", policy: "maybe" }, tester)).rejects.toThrow(
    "write inherit, auto, ask or deny",
  );
  await expect(commands.setToolPolicy({ id: "nothing", policy: "ask" }, tester)).rejects.toThrow(
    "There is no tool “nothing”",
  );
  await trial.ended(id);
  expect(runs).toEqual([]);
});

test("a rule that says too little is refused with a sentence", async () => {
  const trial = await trialWith({ root: [endTask("done")] }, []);
  await offer(trial, "ask");
  const { commands } = trial.runtime.application;
  const refused = (rule: Parameters<typeof commands.addRule>[0]) => expect(commands.addRule(rule, tester)).rejects;
  await refused({ tool: "nonsense", why: "w" }).toThrow("There is no tool “nonsense”");
  await refused({ tool: "touch" }).toThrow("Say why");
  await refused({ tool: "touch", why: "w", hours: 0 }).toThrow("A rule lasts");
  await refused({ tool: "touch", why: "w", agent: "nobody" }).toThrow("There is no agent nobody");
  await refused({ tool: "touch", why: "w", exact: true }).toThrow("Exact arguments come from an approval");
});

test("a rule for a tool approves nothing of one whose name only looks like it", async () => {
  const runs: string[] = [];
  const named = (name: string) => worldToolFor(name, "report_interrupted", ({ what }) => void runs.push(what));
  const trial = await start(
    { root: [call("toXch_it", { what: "other" }), endTask("done")] },
    { runtime: { worldTools: [named("to_ch_it"), named("toXch_it")] } },
  );
  for (const name of ["to_ch_it", "toXch_it"]) await offer(trial, "ask", name);
  await trial.submit({ task: "root", agent: "worker" });
  await waitingApprovals(trial, 1);
  const made = await trial.runtime.application.commands.addRule({ tool: "to_ch_it", why: "Harmless." }, tester);
  expect([made.decided, runs]).toEqual([[], []]);
});

test("nobody allows a call in time: the task fails, or goes on without it where an answer is set for the case", async () => {
  for (const [answer, status, reason] of [
    [undefined, "failed", "ask_timeout"],
    ["Go on without it.", "succeeded", null],
  ] as const) {
    let now = Date.now();
    const runs: string[] = [];
    const touch = worldToolFor("touch", "report_interrupted", (input) => void runs.push(input.what));
    const trial = await start(
      { root: [call("touch", { what: "prod" }), endTask("without it")] },
      {
        runtime: { worldTools: [touch], now: () => now },
        env: { ASK_TIMEOUT_SECONDS: "600", ...(answer && { ASK_TIMEOUT_ANSWER: answer }) },
      },
    );
    await offer(trial, "ask");
    const { id } = await trial.submit({ task: "root", agent: "worker" });
    const [item] = await waitingApprovals(trial, 1);
    await until(() => trial.worker?.active() === 0, "the task rests");
    expect(item?.if_ignored).toMatch(answer ? /continues without the call/ : /then it fails/);
    now += 600_001;
    const tree = await trial.ended(id);
    expect([tree.status, tree.reason, runs]).toEqual([status, reason, []]);
    expect((await trial.runtime.application.queries.getReview(item?.id ?? "")).status).toBe("withdrawn");
  }
});

test("a question that nobody answers in time gets the answer set for it, else the task fails with that reason", async () => {
  for (const [own, env, expected] of [
    [undefined, {}, "failed ask_timeout"],
    ["Take blue.", {}, "succeeded Take blue."],
    [undefined, { ASK_TIMEOUT_ANSWER: "Decide yourself." }, "succeeded Decide yourself."],
  ] as const) {
    let now = Date.now();
    const trial = await start(
      {
        root: (request) =>
          request.turn === 0
            ? call("ask", { question: "Which colour?", ...(own && { default_answer: own }) })
            : endTask(JSON.parse(request.lastToolResults?.[0]?.content ?? "{}").answer),
      },
      { runtime: { now: () => now }, env: { ASK_TIMEOUT_SECONDS: "60", ...env } },
    );
    const { queries } = trial.runtime.application;
    const { id } = await trial.submit({ task: "root", agent: "worker" });
    await until(async () => (await queries.listReviews({ open: true })).items.length === 1, "the question is asked");
    await until(() => trial.worker?.active() === 0, "the task rests");
    now += 59_000;
    trial.runtime.store.log.poke();
    expect((await queries.getTree(id)).status).toBe("waiting");
    now += 1_001;
    const tree = await trial.ended(id);
    const root = await queries.getTask(tree.root_task_id);
    expect(`${tree.status} ${tree.reason ?? root.result}`).toBe(expected);
    const [review] = (await queries.listReviews()).items;
    expect(review?.status).toBe(expected.startsWith("failed") ? "withdrawn" : "answered");
  }
});

test("an early answered question also runs out of time", async () => {
  let now = Date.now();
  const trial = await start(
    {
      root: (request) =>
        request.turn === 0
          ? call("ask", { question: "Which colour?", default_answer: "Blue." })
          : request.turn === 1
            ? { text: "I wait for the answer." }
            : endTask(toldIn(request).includes("Nobody answered your question in time") ? "blue" : "other"),
    },
    { runtime: { now: () => now }, env: { ASK_TIMEOUT_SECONDS: "60" } },
  );
  const { commands, queries } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  await until(async () => (await queries.listReviews({ open: true })).items.length === 1, "the question is asked");
  await commands.steer({ id: root_task_id, text: "By the way." }, tester);
  await whenTask(trial, id, "root", (task) => task.turns === 2 && task.status === "waiting");
  now += 60_001;
  const tree = await trial.ended(id);
  expect([tree.status, (await queries.getTask(root_task_id)).result]).toEqual(["succeeded", "blue"]);
});

test("two workers that share the database give one approval to one run of the call", async () => {
  const runs: string[] = [];
  const touch = worldToolFor("touch", "report_interrupted", (input) => void runs.push(input.what));
  const trial = await start(
    { root: [call("touch", { what: "prod" }), endTask("done")] },
    { runtime: { worldTools: [touch] } },
  );
  await offer(trial, "ask");
  const other = await startTrial({
    dataDir: trial.dataDir,
    role: "worker",
    runtime: { worldTools: [touch] },
    ...(trial.provider && { provider: trial.provider }),
  });
  const ids = await Promise.all(
    Array.from({ length: 6 }, async () => (await trial.submit({ task: "root", agent: "worker" })).id),
  );
  const open = await waitingApprovals(trial, 6);
  await Promise.all(
    open.map((item, at) =>
      (at % 2 ? trial : other).runtime.application.commands.decide(
        { id: item.id, decision: "approved", reason: "" },
        tester,
      ),
    ),
  );
  for (const id of ids) expect((await trial.ended(id)).status).toBe("succeeded");
  expect(runs.length).toBe(6);
  await other.close();
});

test("a rule approves the calls of its tool alone, and of none with a similar name", async () => {
  const runs: string[] = [];
  const toolNamed = (name: string) => worldToolFor(name, "repeat", () => void runs.push(name));
  const trial = await start(
    { root: [call("touch-it", { what: "x" }), endTask("done")] },
    { runtime: { worldTools: [toolNamed("touch-it"), toolNamed("touch_it")] } },
  );
  await offer(trial, "ask", "touch_it");
  await offer(trial, "ask", "touch-it");
  const { commands } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  await whenTask(trial, id, "root", (task) => task.status === "waiting");
  const added = await commands.addRule({ tool: "touch_it", why: "It is harmless." }, tester);
  expect(added.decided).toEqual([]);
  expect((await openApprovals(trial)).map((item) => item.task_id)).toEqual([root_task_id]);
  expect(runs).toEqual([]);
  await commands.stop({ id, reason: "" }, tester);
  await trial.ended(id);
});
