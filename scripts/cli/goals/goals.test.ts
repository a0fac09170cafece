/** `goal`, `goals` and `rounds`, as programs, with real files and commands and a scripted model. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { GoalRound, ListedGoal } from "@/core/shapes/goals";
import type { Page, Review, Tree } from "@/core/shapes/shapes";
import { UsageError } from "@/scripts/cli/print/output";
import { banyan, buildPrograms, dataFolder, json, ROOT, scripted } from "@/scripts/testing/command-line";
import { agentScript } from "@/tests/agents/provider-script";
import { call, endTask } from "@/tests/agents/replies";
import { parseGoalFile } from "./goal-file";

buildPrograms();

const RIGHT = "export const sum = (a, b) => a + b;\n";
const FILES = {
  "package.json": '{"type":"module","scripts":{"test":"node --test"}}\n',
  "sum.js": "export const sum = (a, b) => a - b;\n",
  "test/sum.test.js": `import assert from "node:assert";
import test from "node:test";
import { sum } from "../sum.js";
test("adds", () => assert.equal(sum(1, 2), 3));
test("knows nothing", () => assert.equal(sum(0, 0), 0));
`,
};

function repository(more: Record<string, string> = {}): string {
  const folder = dataFolder();
  for (const [file, text] of Object.entries({ ...FILES, ...more })) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  return folder;
}

/** A model that repairs the sum in its second round. */
const model = () => {
  const roundOf = (text: string) => Number(/round (\d+)/i.exec(text)?.[1] ?? 0);
  return scripted(
    agentScript({
      goal_planner: ({ instruction }) => {
        const title = `Try ${roundOf(instruction)}`;
        return endTask(JSON.stringify({ plan: title, steps: [{ title, instruction: title }] }));
      },
      coder: ({ turn, instruction }) => {
        const content = roundOf(instruction) === 1 ? "export const sum = (a, b) => a * b;\n" : RIGHT;
        return turn === 0 ? call("write_file", { path: "sum.js", content }) : endTask("done");
      },
    }),
  );
};

test("goal pursues a goal to its end with a line for each round; goals and rounds list it", async () => {
  const [data, folder, env] = [dataFolder(), repository(), await model()];
  const flags = ["--check", "npm test", "--criterion", "It adds :: grep -q 'a + b' sum.js", "--max-iterations", "9"];
  flags.push("--scope", "sum.js", "--scope", "*.md");
  const args = ["goal", "Make the tests pass", ...flags, "--workspace", folder, "--data", data];
  const { status, stdout, stderr } = await banyan(args, { env });
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^The work may change: sum\.js, \*\.md$/m);
  expect(stdout.indexOf("may change")).toBeLessThan(stdout.indexOf("Round 1"));
  expect(stdout).toMatch(/^Round 1 of at most 9: same, 25 % → 25 %, .+\. Try 1$/m);
  expect(stdout).toMatch(/^Round 2 of at most 9: better, 25 % → 100 %, .+\. Try 2$/m);
  expect(stdout).toContain("| yes | It adds |");
  expect(readFileSync(path.join(folder, "sum.js"), "utf8")).toBe(RIGHT);

  const { items, next } = (await json(["goals", "--data", data])) as Page<ListedGoal>;
  expect(next).toBe(null);
  expect(items).toMatchObject([
    {
      title: "Make the tests pass",
      status: "succeeded",
      mode: "autonomous",
      threshold: 0.95,
      score: 1,
      best_score: 1,
      round: 2,
      iterations_max: 9,
    },
  ]);
  const id = items[0]?.tree_id ?? "";
  const listed = await banyan(["goals", "--data", data]);
  expect(listed.stdout).toMatch(
    new RegExp(`^${id.slice(0, 8)} .*100 % +round 2/9 .* Make the tests pass \\(autonomous\\)$`, "m"),
  );
  const rounds = (await json(["rounds", id.slice(0, 8), "--data", data])) as Page<GoalRound>;
  expect(
    rounds.items.map(({ number, verdict, plan, error_signature }) => [number, verdict, plan, error_signature]),
  ).toEqual([
    [1, "same", "Try 1", "adds"],
    [2, "better", "Try 2", null],
  ]);
  expect(await json(["tree", id, "--data", data])).toMatchObject({
    goal: { score: 1, best_score: 1, iterations_max: 9, rounds: rounds.items },
  });
  const told = await banyan(["rounds", id, "--data", data]);
  expect(told.stdout).toMatch(
    /^Round 1 of at most 9: .*\n {2}Error: adds\nRound 2 .*\nScore 100 % of the needed 95 %\.\nPlan of round 2: 1 unit, .*\n {2}1\. Try 2 \(coder, code\)\. Done\. .* min instead of .* min, .*\n {2}Critical path: 1\.\n$/,
  );
  const drawn = await banyan(["rounds", id, "--mermaid", "--round", "1", "--data", data]);
  expect(drawn.stdout).toMatch(/^flowchart LR\n {2}subgraph g1\["Group 1"\]\n {4}u1\["1 Try 1<br\/>/);
  expect((await banyan(["rounds", id, "--mermaid", "--json", "--data", data])).status).toBe(2);
  const missing = await banyan(["rounds", id, "--round", "7", "--data", data]);
  expect([missing.status, missing.stderr]).toEqual([2, expect.stringContaining("Round 7 has no plan to show")]);
});

test("without a text the goal comes from the folder's own file, works there, and flags replace what it says", async () => {
  const text =
    "goal: |\n  Make the tests pass\nvalidation_command: npm test\nmode: supervised\nmax_iterations: 1\npriority: 3\n";
  const [data, folder, env] = [dataFolder(), repository({ ".banyan/goal.yaml": text }), await model()];
  const asked = await banyan(["goal", "--max-iterations", "4", "--json", "--data", data], { env, cwd: folder });
  expect(asked.status).toBe(3);
  expect(JSON.parse(asked.stdout)).toMatchObject({ goal: { mode: "supervised", iterations_max: 4, rounds: [] } });
  expect(asked.stderr).toContain("Go on with round 1 of at most 4?");
  const { items } = (await json(["trees", "--data", data])) as Page<Tree>;
  expect(items).toMatchObject([{ title: "Make the tests pass", workspace: folder, priority: 3 }]);
  const item = ((await json(["reviews", "--open", "--data", data])) as Page<Review>).items[0]?.id ?? "";
  await banyan(["answer", item, "Stop", "--data", data]);
  const ended = await banyan(["resume", items[0]?.id ?? "", "--data", data], { env });
  expect(ended.status).toBe(1);
  expect(ended.stdout).toContain("The goal was ended by a person.");
  const told = await banyan(["rounds", items[0]?.id ?? "", "--data", data]);
  expect(told.stdout).toMatch(/^Score 50 % of the needed 95 %\.\nStop\n$/);
});

test("a folder's own file lowers the caps of the installation, and lifts them only where flags name an amount", async () => {
  const data = dataFolder();
  const env = await model();
  await banyan(["migrate", "--data", data]);
  await banyan(["caps", "--tree", "2", "--data", data]);
  const capOf = async (grant: string, ...flags: string[]) => {
    const folder = repository({ ".banyan/goal.yaml": `goal: x\nvalidation_command: npm test\ngrant: ${grant}\n` });
    const args = ["goal", ...flags, "--detach", "--json", "--data", data];
    const { stdout, stderr } = await banyan(args, { cwd: folder, env });
    const { id } = JSON.parse(stdout || expect.fail(stderr)) as Tree;
    const tree = (await json(["tree", id, "--data", data])) as Tree;
    return tree.tasks[0]?.grant.cost_usd;
  };
  expect(await capOf("{ cost_usd: 500 }")).toBe(2);
  expect(await capOf("{ tokens: 900000000 }")).toBe(2);
  expect(await capOf("{ cost_usd: 1 }")).toBe(1);
  expect(await capOf("{ cost_usd: 500 }", "--max-cost-usd", "5")).toBe(5);
  expect(await capOf("{ tokens: 900000 }", "--max-cost-usd", "none")).toBe(null);
});

test("single is a plain task, which rounds refuses and goals does not list", async () => {
  const data = dataFolder();
  const env = await scripted(agentScript({ "*": [endTask("done")] }));
  const made = await banyan(["goal", "Say hello", "--mode", "single", "--detach", "--json", "--data", data], { env });
  const tree = JSON.parse(made.stdout) as Tree;
  expect((await json(["goals", "--data", data])) as Page<ListedGoal>).toEqual({ items: [], next: null });
  expect(await json(["tree", tree.id, "--data", data])).toMatchObject({ goal: null });
  expect((await banyan(["goals", "--data", data])).stdout).toContain('npx banyan goal "<goal>"');
  expect(await banyan(["rounds", tree.id, "--data", data])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("pursues no goal"),
  });
});

test("the example of docs/goals.md is a goal", () => {
  const page = readFileSync(path.join(ROOT, "docs/goals.md"), "utf8");
  const example = /```yaml\n(.*?)```/s.exec(page)?.[1] ?? expect.fail("There is no example.");
  const { task, grant, goal } = parseGoalFile(example, "the example");
  expect([task, grant]).toEqual(["Make the tests pass with Node 22.", { cost_usd: 10 }]);
  expect(goal).toMatchObject({ mode: "supervised", on_success: "branch", may_change: ["test/old-node.test.js"] });
  expect(goal).toMatchObject({ scope: ["src/**", "*.md"], hidden: ["test/hidden/**"], hidden_share: 0.1 });
  expect(goal?.criteria?.map(({ command, expect: shown }) => [command, shown])).toEqual([
    ["npx tsc --noEmit", undefined],
    ["npm run lint", "0 warnings"],
    [undefined, undefined],
  ]);
});

test("bad input is refused with one sentence, which names the line of a file", async () => {
  const data = dataFolder();
  const refused = async (args: string[], file?: string) => {
    const folder = repository(file === undefined ? {} : { ".banyan/goal.yaml": file });
    const { status, stderr } = await banyan(["goal", ...args, "--data", data], { cwd: folder });
    expect([status, stderr.trim().split("\n").length], stderr).toEqual([2, 1]);
    return stderr;
  };
  expect(await refused([])).toContain("The goal is empty: say what should be reached.");
  expect(await refused(["x", "--mode", "often"])).toContain('"goal.mode" must be of');
  expect(await refused(["x", "--threshold", "2"])).toContain("--threshold cannot be");
  expect(await refused(["x", "--criterion", ":: npm test"])).toContain('use "STATEMENT :: COMMAND"');
  expect(await refused(["x", "--check", "true", "--executor", "nobody"])).toContain("There is no agent nobody");
  expect(await refused(["x", "--on-success", "command"])).toContain("delivery_command");
  expect(await refused(["--file", "none.yaml"])).toContain("Cannot read the file none.yaml: it does not exist.");
  expect(await refused([], "goal: x\nmode: often\n")).toMatch(/^Line 2 of .*goal.yaml is wrong: "mode" must be of/);
  expect(await refused([], "goal: x\nmodes: debug\n")).toContain('is wrong: there is no field "modes".');
  expect(await refused([], "mode: debug\n")).toMatch(/^Line 1 .*"goal" must be text: say what should be reached/);
  expect(await refused([], "goal: x\ncriteria:\n  - command: npm test\n")).toMatch(
    /^Line 3 .*"criteria.0.statement" must be a statement/,
  );
  expect(await refused([], 'goal: x\nprotect: [a\nmode: "debug"\n')).toMatch(/^Line \d .*this is not valid YAML/);
  expect(await refused([], "goal: x\nrights: [host]\n")).toMatch(/^Line 2 .*give others with --rights/);
  expect(await refused([], "goal: x\ngrant: { cost_usd: null }\n")).toMatch(
    /^Line 2 .*only --max-cost-usd none declines/,
  );
  expect(await refused([], "- x\n")).toContain('start with "goal:" and what should be reached');
});

test.each([
  [
    "goal: x\nprotect:\n  - *.test.js\n",
    /^Line 3 of f is wrong: text that begins with "\*" needs .*: "\*\.test\.js"\.$/,
  ],
  ["goal: x\nprotect: [**/*.js]\n", /^Line 2 of f is wrong: text that begins with "\*"/],
  [
    `a: &a [${"x,".repeat(50)}]\nb: &b [${"*a,".repeat(50)}]\nc: [${"*b,".repeat(50)}]\ngoal: x\n`,
    /^Line 1 of f is wrong: it cannot be read \(Excessive alias count/,
  ],
  ["goal: x\nprotect: &a [*a]\n", /^Line 2 of f is wrong: "protect\.0" must be a glob/],
])("aliases of YAML are refused with their line: %j", (text, why) => {
  expect(() => parseGoalFile(text, "f")).toThrow(why);
  expect(() => parseGoalFile(text, "f")).toThrow(UsageError);
});
