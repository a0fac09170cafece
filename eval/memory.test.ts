/** The comparison of memory, with a scripted model whose rounds depend on the lessons that it is shown. */
import { expect, onTestFinished, test } from "vitest";
import { KINDS } from "@/tests/agents/memory-family/kinds";
import { repositoryOf } from "@/tests/agents/memory-family/repository";
import { namedIn } from "@/tests/agents/memory-family/solver";
import { agentScript, type ScriptedRequest } from "@/tests/agents/provider-script";
import { call, endTask } from "@/tests/agents/replies";
import { startScriptedProvider } from "@/tests/agents/scripted-provider";
import { compareMemory, memoryTable } from "./memory";
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
    fewer: 50,
  });
  expect(memoryTable(report)).toMatch(/50 % fewer rounds[\s\S]*wrong_operator/);
});
