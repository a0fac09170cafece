/** Picture of a goal that a few rounds have reached. */
import { join } from "node:path";
import { type Browser, expect as plainExpect } from "@playwright/test";
import { agentScript, type Reply, type ScriptedRequest } from "@/tests/agents/scripted-provider";
import { makeRepository } from "@/tests/browser/real-server";
import { modelAt, openStage, submitTree } from "@/tests/browser/stage";
import { take, WIDE } from "./take";

const expect = plainExpect.configure({ timeout: 120_000 });

const SHOP = {
  "package.json": '{"name":"shop","type":"module","scripts":{"test":"node --test"}}\n',
  "sum.js": "export const sum = (a, b) => a - b;\n",
  "test/sum.test.js": `import assert from "node:assert";
import test from "node:test";
import { sum } from "../sum.js";
test("adds", () => assert.equal(sum(1, 2), 3));
test("knows nothing", () => assert.equal(sum(0, 0), 0));
test("adds large numbers", () => assert.equal(sum(500, 500), 1000));
test("adds negative numbers", () => assert.equal(sum(-1, -1), -2));
`,
};
/** What each round plans, and its file. */
const ROUNDS: Record<number, [string, string]> = {
  1: ["Multiply instead of subtracting in sum.js", "export const sum = (a, b) => a * b;\n"],
  2: ["Return 3 for the sum that the test names", "export const sum = (a, b) => (a === 1 ? 3 : a * b);\n"],
  3: ["Add in sum.js, as the failing tests expect", "export const sum = (a, b) => a + b;\n"],
};
const MODEL_MS = 900;

export async function takeGoal(browser: Browser): Promise<void> {
  const stage = await openStage(browser, agentScript({ goal_planner: plan, coder: work }), {
    settings: (models, folder) => ({ ...modelAt(models), BANYAN_WORKSPACE_ROOTS: join(folder, "src") }),
    context: { viewport: WIDE },
  });
  const { page, server, folder } = stage;
  try {
    const shop = join(folder, "src", "shop");
    makeRepository(shop, SHOP);
    const goal = {
      validation_command: "npm test",
      criteria: [{ statement: "sum adds", command: "grep -q 'a + b' sum.js" }],
      scope: ["*.js"],
    };
    const tree = await submitTree(stage, { task: "Make the tests pass", workspace: shop, goal });
    await page.goto(`${server.url}/trees/${tree.id}?view=goal`);
    await expect(page.getByText(/^Reached in round 3/)).toBeVisible();
    await page.reload();
    await take(page, "goal");
    expect(stage.problems).toEqual([]);
  } finally {
    await stage.close();
  }
}

const roundOf = ({ instruction }: ScriptedRequest): number => Number(/round (\d+)/i.exec(instruction)?.[1] ?? 0);

function plan(request: ScriptedRequest): Reply {
  const [title = "Nothing is left"] = ROUNDS[roundOf(request)] ?? [];
  return end(JSON.stringify({ plan: title, steps: [{ title, instruction: `Round ${roundOf(request)}. ${title}` }] }));
}

function work(request: ScriptedRequest): Reply {
  if (request.turn > 0) return end("The file is written.");
  const content = ROUNDS[roundOf(request)]?.[1] ?? "";
  return { calls: [{ name: "write_file", input: { path: "sum.js", content } }], delayMs: MODEL_MS };
}

function end(result: string): Reply {
  return { calls: [{ name: "end_task", input: { status: "success", result } }], delayMs: MODEL_MS };
}
