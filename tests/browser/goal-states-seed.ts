/** Goals in each state that a goal can be in: real repositories, real commands, and agents that answer from a script. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { GoalFields } from "@/core/log/goal";
import type { Tree } from "@/core/shapes/shapes";
import { agentScript, type Reply, type ScriptedRequest } from "@/tests/agents/scripted-provider";
import { makeRepository } from "./real-server";
import { type Stage, submitTree } from "./stage";

const TESTS = `import assert from "node:assert";
import test from "node:test";
import { sum } from "../sum.js";
test("adds", () => assert.equal(sum(1, 2), 3));
test("knows nothing", () => assert.equal(sum(0, 0), 0));
test("is sure", () => assert.equal(sum(5, 5), 10));
`;
const SUM = "export const sum = (a, b) => ";
const RIGHT = `${SUM}a + b;\n`;
/** Right only for the inputs that a test checks. */
const TRICK = `${SUM}(process.env.NODE_TEST_CONTEXT ? a + b : 0);\n`;
/** Better at first, then worse, then always the same. */
const STUCK = [
  `${SUM}(a === 1 ? 3 : a - b);\n`,
  `${SUM}-1;\n`,
  `${SUM}NaN;\n`,
  `${SUM}-1;\n`,
  `${SUM}-2;\n`,
  `${SUM}NaN;\n`,
];

export const STRATEGIES = [
  "Read the tests before the code: write down what each expects, and change one expression at a time.",
  "Leave sum.js alone for a round. Reproduce the failure in ten lines beside it, then compare both outputs by hand.",
  "Undo everything and begin from the repository's first version, with the smallest operator that could fit.",
];
export const UNREACHABLE =
  "“is sure” expects 10 of 5 and 5, and CONTRACT.md forbids to add. Both cannot hold: a person has to drop one of them.";
const JUDGED_WHY = [
  "README.md, line 1, says “# Sum”, and nothing of negative numbers, for which the criterion asks.",
  "The only example is `sum(1, 2)`, which shows neither a sign nor an error.",
];

interface Case {
  goal: GoalFields;
  /** The start of `sum.js`, when it is not wrong. */
  sum?: string;
  grant?: { tokens: number };
  /** The call of the executor in a round. */
  work?: (round: number) => Reply | Promise<Reply>;
  plan?: (round: number) => Reply;
  strategy?: (request: ScriptedRequest) => string;
}

const shown: GoalFields = { validation_command: "npm test" };
const write = (path: string, content: string): Reply => ({ calls: [{ name: "write_file", input: { path, content } }] });
const end = (result: string, status = "success"): Reply => ({
  calls: [{ name: "end_task", input: { status, result } }],
});
const planned = (title: string) => end(JSON.stringify({ plan: title, steps: [{ title, instruction: title }] }));

/** Scripts by the first words of the goal. */
const CASES = {
  doubts: { goal: { ...shown, max_iterations: 1 }, work: () => write("sum.js", TRICK) },
  asked: { goal: { ...shown, ask: true }, work: () => write("sum.js", TRICK) },
  "changed tests": {
    goal: { ...shown, max_iterations: 1 },
    work: () => write("test/sum.test.js", 'import test from "node:test";\ntest("adds", () => {});\n'.repeat(1)),
  },
  stuck: {
    goal: { ...shown, reflect_every: 2, max_iterations: 40 },
    work: (round) => write("sum.js", STUCK[round - 1] ?? `${SUM}-${round};\n`),
  },
  judged: {
    goal: {
      criteria: [
        { statement: "The README explains how negative numbers are added, with an example for each sign", weight: 2 },
        { statement: "The README has a title" },
        { statement: "It adds", command: "grep -q 'a + b' sum.js" },
      ],
      max_iterations: 2,
    },
    work: (round) => (round === 1 ? write("README.md", "# Sum\n\n    sum(1, 2)\n") : end("Nothing to do.")),
  },
  unreachable: {
    goal: { ...shown, reflect_every: 1 },
    work: () => write("sum.js", `${SUM}a * b;\n`),
    strategy: () => JSON.stringify({ unreachable: UNREACHABLE }),
  },
  unnamed: { goal: {}, plan: () => end("I cannot say what would show it.") },
  broken: {
    goal: shown,
    // Without dear work, a planner that only fails is left out after three rounds.
    work: () => ({ ...write("sum.js", `${SUM}-1;\n`), usage: { inputTokens: 200_000 } }),
    plan: (round) => (round === 1 ? planned("Mend the sum") : end("There is no plan.", "failure")),
  },
  "out of rounds": { goal: { ...shown, max_iterations: 2 }, work: (round) => write("sum.js", STUCK[round - 1] ?? "") },
  "out of time": { goal: { ...shown, max_minutes: 0.001 }, work: () => write("sum.js", `${SUM}a * b;\n`) },
  "out of grant": { goal: shown, grant: { tokens: 30_000 }, work: (round) => write("sum.js", `${SUM}-${round};\n`) },
  stopped: {
    goal: { ...shown, max_iterations: 5 },
    work: (round) => (round === 1 ? write("sum.js", STUCK[0] ?? "") : new Promise<Reply>(() => {})),
  },
  held: { goal: shown, sum: RIGHT },
  undelivered: {
    goal: { ...shown, on_success: "command", delivery_command: "echo The registry does not answer >&2; exit 3" },
    work: () => write("sum.js", RIGHT),
  },
  supervised: { goal: { ...shown, mode: "supervised" }, work: () => write("sum.js", RIGHT) },
} satisfies Record<string, Case>;
export type GoalState = keyof typeof CASES;
const cases: Record<string, Case> = CASES;

const nameIn = ({ instruction }: ScriptedRequest) => /Make the sum right \(([^)]+)\)/.exec(instruction)?.[1] ?? "";
const roundIn = ({ instruction }: ScriptedRequest) => Number(/round (\d+)/i.exec(instruction)?.[1] ?? 0);

export const script = agentScript({
  goal_planner: (request) =>
    cases[nameIn(request)]?.plan?.(roundIn(request)) ?? planned(PLANS[roundIn(request) % 3] ?? ""),
  goal_strategist: (request) => {
    const strategy = cases[nameIn(request)]?.strategy?.(request);
    if (strategy) return end(strategy);
    const next = STRATEGIES.find((one) => !request.instruction.includes(one.slice(0, 40)));
    return end(JSON.stringify({ strategy: next }));
  },
  coder: async (request) =>
    request.turn === 0 ? ((await cases[nameIn(request)]?.work?.(roundIn(request))) ?? end("done")) : end("done"),
  task_evaluator: ({ instruction }) =>
    end(
      instruction.includes("negative numbers")
        ? JSON.stringify({ outcome: "fail", reasons: JUDGED_WHY })
        : '{"outcome":"pass","reasons":["README.md, line 1: “# Sum”."]}',
    ),
});

const PLANS = [
  "Look at what `sum` does with its second argument, and let it follow the failing test",
  "Mend the sum",
  "Write down the cases, then mend the expression",
];

/** Makes a repository for each goal and submits it. */
export async function submitGoals(stage: Stage): Promise<Record<GoalState, Tree>> {
  const made: Record<string, Tree> = {};
  for (const [name, { goal, sum, grant }] of Object.entries(cases)) {
    const workspace = join(stage.folder, "src", name.replaceAll(" ", "-"));
    makeRepository(workspace, {
      "package.json": '{"type":"module","scripts":{"test":"node --test"}}\n',
      "sum.js": sum ?? `${SUM}a - b;\n`,
      "test/sum.test.js": TESTS,
    });
    made[name] = await submitTree(stage, {
      task: `Make the sum right (${name})`,
      workspace,
      goal,
      ...(grant && { grant }),
    });
  }
  return made as Record<GoalState, Tree>;
}

/** Makes ended goals of many rounds. Runs in a separate process, because the loader of these tests cannot load the runtime. */
export function putLongGoals(dataDir: string, ...rounds: number[]): string[] {
  const args = ["scripts/run-ts.mjs", "tests/put-long-goals.ts", dataDir, ...rounds.map(String)];
  return execFileSync(process.execPath, args, { encoding: "utf8" }).trim().split("\n");
}
