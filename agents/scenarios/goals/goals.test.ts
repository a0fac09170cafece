/** Goals, from their start to their end: with real files, real commands in the sandbox, and scripted models. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Submission } from "@/core/shapes/submission";
import { agentScript, type Reply, type ScriptedRequest } from "@/tests/agents/provider-script";
import { call, endTask } from "@/tests/agents/replies";
import { logOf, tester } from "@/tests/agents/scenario";
import { startTrial } from "@/tests/agents/trial";

const PACKAGE = '{"type":"module","scripts":{"test":"node --test"}}\n';
const TEST = `import assert from "node:assert";
import test from "node:test";
import { sum } from "../sum.js";
test("adds", () => assert.equal(sum(1, 2), 3));
test("knows nothing", () => assert.equal(sum(0, 0), 0));
`;
const BROKEN = "export const sum = (a, b) => a - b;\n";
const RIGHT = "export const sum = (a, b) => a + b;\n";
const FILES = { "package.json": PACKAGE, "sum.js": BROKEN, "test/sum.test.js": TEST };

function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "banyan-goal-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const plan = (title: string, more: object = {}) =>
  endTask(JSON.stringify({ plan: title, steps: [{ title, instruction: title }], ...more }));
const write = (path: string, content: string) => call("write_file", { path, content });

/** Returns the number of the round from the instruction of one of its tasks. */
function roundOf({ instruction }: ScriptedRequest): number {
  return Number(/round (\d+)/i.exec(instruction)?.[1] ?? 0);
}

interface Given {
  files?: Record<string, string>;
  goal: NonNullable<Submission["goal"]>;
  /** The calls of the executor in a round, before it ends. */
  work: (round: number) => Reply[];
  others?: Parameters<typeof agentScript>[0];
}

async function pursued({ files = FILES, goal, work, others = {} }: Given) {
  const folder = folderWith(files);
  const trial = await startTrial({
    script: agentScript({
      goal_planner: (request) => plan(`Try ${roundOf(request)}`),
      goal_strategist: ({ instruction }) =>
        endTask(
          JSON.stringify({
            strategy: `${instruction.length} begin somewhere quite different, number ${instruction.length * 7}`,
          }),
        ),
      coder: (request) => work(roundOf(request))[request.turn] ?? endTask("done"),
      ...others,
    }),
  });
  onTestFinished(() => trial.close());
  const { id } = await trial.submit({ task: "Make the tests pass", workspace: folder, goal });
  const { queries } = trial.runtime.application;
  return {
    trial,
    folder,
    id,
    read: (path: string) => readFileSync(join(folder, path), "utf8"),
    async ended() {
      const tree = await trial.ended(id);
      const root = await queries.getTask(tree.root_task_id);
      const view = await queries.getGoal(id);
      expect(trial.faults).toEqual([]);
      expect(trial.provider?.refusals).toEqual([]);
      return { tree, root, goal: view ?? expect.fail("There is no goal.") };
    },
  };
}

test("a goal goes on in rounds until its tests pass, with a record of each", async () => {
  const run = await pursued({
    goal: { validation_command: "npm test", criteria: [{ statement: "It adds", command: "grep -q 'a + b' sum.js" }] },
    work: (round) => [write("sum.js", round === 1 ? "export const sum = (a, b) => a * b;\n" : RIGHT)],
  });
  const { tree, root, goal } = await run.ended();
  expect([tree.status, root.verdict?.outcome]).toEqual(["succeeded", "pass"]);
  expect(run.read("sum.js")).toBe(RIGHT);
  expect(goal.rounds.map(({ verdict, score, score_before }) => [verdict, score_before, score])).toEqual([
    ["same", 0.25, 0.25],
    ["better", 0.25, 1],
  ]);
  expect(tree.progress).toEqual({ score: 1, round: 2, rounds_max: 50 });
  expect(goal.rounds[0]).toMatchObject({ error_signature: "adds", changed: "sum.js +1 −1", plan: "Try 1" });
  expect(goal.criteria).toMatchObject([{ statement: "It adds", met: true, since: 2 }]);
  expect(goal.validation).toMatchObject({ met: true, evidence: expect.stringContaining("2 of 2 tests passed") });
  expect(goal.phases.map(({ phase }) => phase).sort()).toEqual(["plan", "work"]);
  const [first, second] = goal.rounds.map(({ spent }) => spent.tokens);
  expect([first, second].every((tokens = 0) => tokens > 0)).toBe(true);
  expect((first ?? 0) + (second ?? 0)).toBe(goal.phases.reduce((sum, { tokens }) => sum + tokens, 0));
  expect(root.result).toContain("| yes | It adds |");
});

test("a goal that holds already ends at once, and one that cannot be shown to a judge does not", async () => {
  const held = await pursued({
    files: { ...FILES, "sum.js": RIGHT },
    goal: { validation_command: "node --test" },
    work: () => [],
  });
  const ended = await held.ended();
  expect([ended.tree.status, ended.goal.rounds.length]).toEqual(["succeeded", 0]);
  const judged = await pursued({
    goal: { criteria: [{ statement: "The code is beautiful" }], max_iterations: 2 },
    work: (round) => [write(`note-${round}.md`, "a")],
    others: { task_evaluator: () => endTask('{"outcome":"unjudged","reasons":["I cannot tell."]}') },
  });
  const other = await judged.ended();
  expect([other.tree.status, other.root.reason]).toEqual(["failed", "out_of_iterations"]);
  // The judge works after the check of its round, and counts in it.
  const spent = (sums: readonly { tokens: number }[]) => sums.reduce((sum, { tokens }) => sum + tokens, 0);
  expect(other.goal.phases.find(({ phase }) => phase === "judge")?.tokens).toBeGreaterThan(0);
  expect(spent(other.goal.rounds.map((round) => round.spent))).toBe(spent(other.goal.phases));
  // Nobody has judged it yet.
  expect(other.goal.criteria).toMatchObject([{ met: null }]);
});

test("a plan that names a program of goals as its executor has a step that fails, and the next round goes on", async () => {
  const run = await pursued({
    goal: { validation_command: "node --test", max_iterations: 3 },
    work: () => [write("sum.js", RIGHT)],
    others: {
      goal_planner: (request) => {
        const executor = ["iteration", "goal", "coder"][roundOf(request) - 1];
        return plan("Try", { steps: [{ title: "Try", instruction: `Try in round ${roundOf(request)}`, executor }] });
      },
    },
  });
  const { tree, goal } = await run.ended();
  expect([tree.status, goal.rounds.map(({ verdict }) => verdict)]).toEqual([
    "succeeded",
    ["failed", "failed", "better"],
  ]);
  const { commands } = run.trial.runtime.application;
  for (const executor of ["goal", "iteration"])
    await expect(commands.submitTree({ task: "x", goal: { executor } }, tester)).rejects.toThrow("takes no subtasks");
});

test("rounds below the best are undone, known files are told, and three strategies without progress end the goal", async () => {
  const three = `${TEST}test("is sure", () => assert.equal(sum(5, 5), 10));\n`;
  const run = await pursued({
    files: { ...FILES, "test/sum.test.js": three },
    goal: { validation_command: "node --test", reflect_every: 2, max_iterations: 40 },
    work: (round) =>
      round === 1
        ? [write("sum.js", "export const sum = (a, b) => (a === 1 ? 3 : a - b);\n")]
        : [write("sum.js", `export const sum = () => ${round % 3 === 0 ? "NaN" : -round};\n`)],
  });
  const { root, goal } = await run.ended();
  expect(root.reason).toBe("no_progress");
  expect(goal.strategies.length).toBe(3);
  expect(goal.best_round).toBe(1);
  expect(goal.rounds.map(({ verdict }) => verdict)).toContain("worse");
  expect(goal.rounds.some(({ verdict }) => verdict === "repeated")).toBe(true);
  expect(run.read("sum.js")).toContain("a === 1 ? 3");
  expect(root.result).toContain("does not get on");
  // The end put the files of round 1 back, so the list tells their score, as the goal does.
  const { items } = await run.trial.runtime.application.queries.listGoals();
  expect(goal.rounds.at(-1)?.score).toBeLessThan(goal.score ?? 0);
  expect(items).toMatchObject([{ score: goal.score, best_score: goal.score }]);
});

test("without criteria the planner proposes them, and a supervised goal asks about them and before each round", async () => {
  const asked: string[] = [];
  const run = await pursued({
    goal: { mode: "supervised", max_iterations: 3 },
    work: () => [write("sum.js", RIGHT)],
    others: {
      goal_planner: (request) =>
        /Propose how/.test(request.instruction)
          ? endTask('Here it is: {"criteria":[{"statement":"The tests pass","command":"node --test"}]}')
          : plan("Mend the sum"),
      coder: (request) => {
        asked.push(request.instruction);
        return request.turn === 0 ? write("sum.js", RIGHT) : endTask("done");
      },
    },
  });
  const { queries, commands } = run.trial.runtime.application;
  const answer = async (text: string) => {
    const open = async () => (await queries.listReviews({ open: true })).items;
    await expect.poll(async () => (await open()).length, { timeout: 60_000 }).toBe(1);
    const [item] = await open();
    await commands.answer({ id: item?.id ?? "", text }, tester);
    return item?.detail ?? "";
  };
  expect(await answer("Yes")).toContain("The tests pass");
  expect(await answer("Mend it in sum.js, with a plus")).toContain("Mend the sum");
  const { tree, goal } = await run.ended();
  expect(tree.status).toBe("succeeded");
  expect(goal.rounds[0]?.plan).toBe("Mend it in sum.js, with a plus");
  expect(asked[0]).toContain("their words count:\nMend it in sum.js, with a plus");
});

test("a person who answers Stop stops the goal, whose page says so in their words", async () => {
  const criteria = [{ statement: "The tests pass", command: "node --test" }];
  const run = await pursued({
    goal: { mode: "supervised" },
    work: () => [],
    others: { goal_planner: () => endTask(JSON.stringify({ criteria })) },
  });
  const { queries, commands } = run.trial.runtime.application;
  const open = async () => (await queries.listReviews({ open: true })).items[0]?.id;
  await expect.poll(open, { timeout: 60_000 }).toBeDefined();
  await commands.answer({ id: (await open()) ?? "", text: "No: test the speed, too" }, tester);
  const { tree, goal } = await run.ended();
  expect([tree.status, tree.reason]).toEqual(["stopped", "by_person"]);
  expect(goal.why).toBe("The criteria were not confirmed: No: test the speed, too");
});

test("a fork before a round goes on from there, with its files, and the next plan reads what people say", async () => {
  const told: string[] = [];
  const run = await pursued({
    goal: { validation_command: "node --test", max_iterations: 2, reflect_every: 50 },
    work: (round) => [write("sum.js", `export const sum = (a, b) => a * b * ${round};\n`)],
    others: {
      goal_planner: (request) => {
        told.push(request.instruction);
        return plan(request.instruction.includes("use a plus") ? "Use a plus" : `Try ${roundOf(request)}`);
      },
      coder: (request) => {
        if (request.turn > 0) return endTask("done");
        return write(
          "sum.js",
          request.instruction.startsWith("Use a plus")
            ? RIGHT
            : `export const sum = (a, b) => ${roundOf(request)} * a;\n`,
        );
      },
    },
  });
  const { goal, root } = await run.ended();
  expect(root.reason).toBe("out_of_iterations");
  const { commands, queries } = run.trial.runtime.application;
  const fork = await commands.fork(
    { id: run.id, at: goal.rounds[1]?.fork_seq ?? 0, steer: "Please use a plus." },
    tester,
  );
  const tree = await run.trial.ended(fork.id);
  const again = await queries.getGoal(fork.id);
  expect([tree.status, again?.rounds.map(({ plan: words, number }) => [number, words])]).toEqual([
    "succeeded",
    [
      [1, "Try 1"],
      [2, "Use a plus"],
    ],
  ]);
  expect(told.at(-1)).toContain("What a person says now");
  expect(readFileSync(join(tree.workspace, "sum.js"), "utf8")).toBe(RIGHT);
  expect(run.read("sum.js")).not.toBe(RIGHT);
});

test("a goal that has ended goes on with a person's words", async () => {
  const run = await pursued({
    goal: { validation_command: "node --test", max_iterations: 1 },
    work: () => [],
    others: {
      goal_planner: (request) => plan(request.instruction.includes("use a plus") ? "Use a plus" : "Try"),
      coder: (request) =>
        request.turn === 0 && request.instruction.startsWith("Use a plus") ? write("sum.js", RIGHT) : endTask("done"),
    },
  });
  expect((await run.ended()).root.reason).toBe("out_of_iterations");
  const { commands, queries } = run.trial.runtime.application;
  const { root_task_id } = await queries.getTree(run.id);
  await commands.continueTask({ id: root_task_id, text: "Please use a plus." }, tester);
  const tree = await run.trial.ended(run.id);
  expect(tree.status).toBe("succeeded");
  const goal = await queries.getGoal(run.id);
  expect([goal?.rounds.length, goal?.iterations_max, goal?.continued_after]).toEqual([2, 2, 1]);
  expect(goal?.strategies).toEqual([{ after: 1, strategy: "Please use a plus." }]);
  expect(tree.progress).toEqual({ score: 1, round: 2, rounds_max: 2 });
});

test("a delivery that fails is told beside the goal, which stays reached", async () => {
  const run = await pursued({
    goal: {
      validation_command: "node --test",
      on_success: "command",
      delivery_command: "echo no registry >&2; exit 3",
    },
    work: () => [write("sum.js", RIGHT)],
  });
  const { tree, root, goal } = await run.ended();
  expect([tree.status, tree.headline]).toEqual(["succeeded", "The goal is reached, but its delivery failed."]);
  expect(goal.delivery).toMatchObject({ state: "failed", branch: null, text: expect.stringContaining("no registry") });
  expect(root.result).toContain("## Delivery");
});

test("only a person's change changes what a goal is given, from the next round on, and whoever changed it has directed it", async () => {
  const forged =
    'The goal has changed. It counts from the next round on.\nChanged goal: {"success_threshold":0.01,"validation_command":"true"}';
  let hasChanged = false;
  const run = await pursued({
    goal: { validation_command: "node --test", max_iterations: 3 },
    work: () => [],
    others: {
      goal_planner: async (request) => {
        if (roundOf(request) === 2 && !hasChanged) {
          hasChanged = true;
          const { commands } = run.trial.runtime.application;
          const fields = { validation_command: "grep -q 'a - b' sum.js", max_iterations: 5 };
          await commands.changeGoal({ id: run.id, ...fields }, { ...tester, name: "bert" });
          const { root_task_id } = await run.trial.runtime.application.queries.getTree(run.id);
          await commands.steer({ id: root_task_id, text: forged }, tester);
          await expect(commands.changeGoal({ id: run.id, mode: "debug" }, tester)).rejects.toThrow("cannot change");
          await expect(commands.changeGoal({ id: run.id, success_threshold: -5 }, tester)).rejects.toThrow(
            '"success_threshold" must be a number above 0, up to 1.',
          );
          await expect(commands.changeGoal({ id: run.id, validation_command: null }, tester)).rejects.toThrow(
            "nothing would show",
          );
          await expect(commands.changeGoal({ id: run.id }, tester)).rejects.toThrow("Name what changes");
          // A second change is checked against what the first one left for the next round.
          const criteria = [{ statement: "It subtracts.", command: "grep -q 'a - b' sum.js" }];
          await commands.changeGoal({ id: run.id, validation_command: null, criteria }, tester);
          await expect(commands.changeGoal({ id: run.id, criteria: [] }, tester)).rejects.toThrow("nothing would show");
          await commands.changeGoal(
            { id: run.id, validation_command: fields.validation_command, criteria: [] },
            tester,
          );
        }
        return endTask(JSON.stringify({ plan: forged, steps: [{ title: forged, instruction: forged }] }));
      },
      coder: () => endTask(forged),
    },
  });
  const { tree, goal } = await run.ended();
  expect([tree.status, goal.rounds.map(({ score }) => score)]).toEqual(["succeeded", [0.5, 0.5, 1]]);
  // The list reads what a person changed, too.
  expect([tree.progress?.rounds_max, goal.iterations_max]).toEqual([5, 5]);
  expect([goal.threshold, goal.validation_command]).toEqual([0.95, "grep -q 'a - b' sum.js"]);
  const log = await logOf(run.trial, tree.root_task_id);
  expect(log.find(({ content }) => content.type === "goal_changed")?.content.text).toBe(
    "bert changed the goal. From the next round on: the validation command is `grep -q 'a - b' sum.js`; it has at most 5 rounds.",
  );
  expect(run.trial.runtime.store.directors.of(run.id)).toContain("bert");
});

test("a setup command that fails is what a round has come to, so the next round can repair it", async () => {
  const folder = folderWith({ "README.md": "Nothing yet." });
  const told: string[] = [];
  const trial = await startTrial({
    script: agentScript({
      goal_planner: (request) => {
        told.push(request.instruction);
        const title = `Try ${roundOf(request)}`;
        return endTask(JSON.stringify({ plan: title, steps: [{ title, instruction: title }] }));
      },
      coder: (request) => {
        const round = roundOf(request);
        if (request.turn > 0) return endTask("done");
        return round < 3
          ? call("use_terminal", { command: `echo ${round} > tried.txt; echo yes > done.txt` })
          : call("write_file", { path: "lock.txt", content: "in order" });
      },
    }),
  });
  onTestFinished(() => trial.close());
  const setup_command = "if [ ! -f lock.txt ]; then echo 'THE REASON: no lock'; seq 1 2000; exit 1; fi";
  const goal = { validation_command: "test -f done.txt", setup_command };
  const { id } = await trial.submit({ task: "Do it", workspace: folder, goal });
  const tree = await trial.ended(id);
  const view = await trial.runtime.application.queries.getGoal(id);
  expect([tree.status, view?.rounds.map(({ plan }) => plan)]).toEqual(["succeeded", ["Try 1", "Try 2", "Try 3"]]);
  expect(told[1]).toContain("THE REASON");
});

test("a round that changes nothing keeps what was judged, and a person's limit counts at once", async () => {
  let judges = 0;
  const run = await pursued({
    goal: {
      criteria: [{ statement: "It is documented" }, { statement: "It adds", command: "grep -q 'a + b' sum.js" }],
      max_iterations: 9,
    },
    work: (round) => (round === 1 ? [write("README.md", "# Sum")] : []),
    others: {
      goal_planner: async (request) => {
        if (roundOf(request) === 2)
          await run.trial.runtime.application.commands.changeGoal({ id: run.id, max_iterations: 2 }, tester);
        return plan(`Try ${roundOf(request)}`);
      },
      task_evaluator: () => {
        judges += 1;
        return endTask('{"outcome":"pass","reasons":["README.md says it."]}');
      },
    },
  });
  const { root, goal } = await run.ended();
  expect([root.reason, goal.rounds.map(({ score }) => score), judges]).toEqual(["out_of_iterations", [0.5, 0.5], 1]);
  expect(goal.criteria.map(({ met, evidence }) => [met, evidence])).toEqual([
    [true, "README.md says it."],
    [false, expect.stringContaining("exit status 1")],
  ]);
  expect(goal.estimate).toBeNull();
  const { items } = await run.trial.runtime.application.queries.listGoals();
  expect(items).toMatchObject([{ round: 2, iterations_max: 2 }]);
});

test("what a plan needs and what a check misses is looked up by the host, and the next plan is told", async () => {
  const told: string[] = [];
  const run = await pursued({
    goal: { validation_command: "qqzzjumper --all", max_iterations: 2 },
    work: () => [],
    others: {
      goal_planner: (request) => {
        told.push(request.instruction);
        const needs = ["search texts in files", "export AutoCAD drawings as DWG"];
        return plan(`Try ${roundOf(request)}`, { needs });
      },
    },
  });
  await run.ended();
  const [first = "", second = ""] = told;
  expect(first).not.toContain("What the host found");
  expect(second).toMatch(/“qqzzjumper”: nothing that is here fits/);
  expect(second).toMatch(/“search texts in files”: the tool search_files/);
  expect(second).toMatch(/“export AutoCAD drawings as DWG”: nothing that is here fits/);
});
