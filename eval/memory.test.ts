/** The comparison of memory, with a scripted model whose rounds depend on the lessons that it is shown. */
import { expect, onTestFinished, test } from "vitest";
import { KINDS } from "@/tests/agents/memory-family/kinds";
import { repositoryOf } from "@/tests/agents/memory-family/repository";
import { namedIn } from "@/tests/agents/memory-family/solver";
import { agentScript, type ScriptedRequest } from "@/tests/agents/provider-script";
import { call, endTask } from "@/tests/agents/replies";
import { startScriptedProvider } from "@/tests/agents/scripted-provider";
import { compared, compareMemory, memoryTable } from "./memory";
import { startEvalRuntime } from "./runtime";

const MODEL = "anthropic/claude-haiku-4-5";
const KIND = KINDS[1];

/** Whether a quoted lesson names the right way, or the round is the second. */
function knows({ messages, instruction }: ScriptedRequest): boolean {
  const told = messages.flatMap((message) => (message.role === "user" ? [message.text] : []));
  const named = namedIn({ messages: told.map((content) => ({ role: "user", content })) });
  return named.includes(KIND?.way ?? "") || Number(/round (\d+)/i.exec(instruction)?.[1]) > 1;
}

function planned(way: string) {
  return endTask(JSON.stringify({ plan: way, steps: [{ title: way, instruction: `Way: ${way}` }] }));
}

function mended({ instruction, turn }: ScriptedRequest) {
  if (turn > 0) return endTask("Done.");
  const repository = [1, 2].map((seed) => repositoryOf(KIND as (typeof KINDS)[number], seed));
  const found = repository.find(({ path }) => instruction.includes(path));
  const way = /^Way: (.+)$/m.exec(instruction)?.[1] ?? "";
  return call("write_file", { path: found?.path, content: found?.mended(way) });
}

test("goals with lessons are compared with goals without", async () => {
  const provider = await startScriptedProvider(
    agentScript({
      goal_planner: (request) => planned(knows(request) ? (KIND?.way ?? "") : "Guess"),
      goal_strategist: () => endTask('{"strategy":"look elsewhere"}'),
      coder: mended,
    }),
  );
  onTestFinished(() => provider.close());
  const providers = { anthropic: { key: "test-key", baseUrl: provider.url } };
  const world = await startEvalRuntime({ providers, model: MODEL }, process.env, process.cwd());
  onTestFinished(() => world.close());
  const report = await compareMemory(world, ["wrong_operator"], () => {});
  expect(report).toMatchObject({
    model: MODEL,
    kinds: [{ kind: "wrong_operator", cold: { rounds: 2, succeeded: true }, warm: { rounds: 1, succeeded: true } }],
    succeeded: { cold: 1, warm: 1 },
    fewer: { percent: 50, kinds: 1 },
  });
  expect(memoryTable(report)).toMatch(/50 % fewer rounds[\s\S]*wrong_operator/);
});

test("a goal that failed early does not count as one with fewer rounds", () => {
  const goal = (kind: string, rounds: number, succeeded = true) => ({ kind, rounds, succeeded, tree: kind });
  const cold = [goal("a", 4), goal("b", 4), goal("c", 2)];
  const some = compared([goal("a", 2), goal("b", 1, false), goal("c", 2)], cold);
  expect(some).toMatchObject({ succeeded: { cold: 3, warm: 2 }, fewer: { kinds: 2 } });
  expect(some.fewer?.percent).toBeCloseTo(100 / 3);
  expect(memoryTable({ model: MODEL, ...some })).toContain("Succeeded: 2 of 3 goals with lessons, 3 without memory.");
  const none = compared([goal("a", 1, false)], [goal("a", 4)]);
  expect(none.fewer).toBe(null);
  expect(memoryTable({ model: MODEL, ...none })).toContain("so rounds cannot be compared");
});
