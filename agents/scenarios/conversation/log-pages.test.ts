/** Queries of the pages about a long log and about shortened outputs. */
import { expect, test } from "vitest";
import { call, endTask } from "@/tests/agents/replies";
import { logOf, runRoot, trialsOfThisFile } from "@/tests/agents/scenario";
import { changeAgent, worldToolFor } from "@/tests/agents/world-tool";

const start = trialsOfThisFile();

test("a log knows its length and its first error", async () => {
  const trial = await start({
    root: [call("list_directory", { path: "." }), call("read_file", { path: "none.md" }), endTask("looked")],
  });
  const tree = await runRoot(trial);
  const log = await logOf(trial, tree.root_task_id);
  const failed = log.find((message) => message.kind === "tool_response" && message.content.isError === true);
  const { queries } = trial.runtime.application;
  expect(await queries.getLogFacts(tree.root_task_id)).toEqual({ messages: log.length, first_error: failed?.seq });
  const fine = tree.tasks.find((task) => task.id !== tree.root_task_id);
  expect(await queries.getLogFacts(fine?.id ?? "")).toMatchObject({ first_error: null });
});

test("what the model calls used is known for the first turn, for a task and for its tree", async () => {
  const usage = (inputTokens: number, cacheReadTokens: number, outputTokens: number) => ({
    usage: { inputTokens, cacheReadTokens, outputTokens },
  });
  const trial = await start({
    root: [
      { ...call("list_directory", { path: "." }), ...usage(5_000, 0, 100), text: "Long. ".repeat(10_000) },
      { ...endTask("looked"), ...usage(6_000, 5_000, 50) },
    ],
    "*": { ...endTask('{"outcome":"pass","reasons":["Yes."]}'), ...usage(1_000, 400, 10) },
  });
  const tree = await runRoot(trial);
  const { queries } = trial.runtime.application;
  const first_turn = { input_tokens: 5_000, cache_read_tokens: 0, output_tokens: 100 };
  const own = await queries.getModelUse(tree.root_task_id);
  expect(own).toMatchObject({
    calls: 2,
    input_tokens: 11_000,
    cache_read_tokens: 5_000,
    output_tokens: 150,
    first_turn,
  });
  expect(own.first_turn?.cost_usd).toBeGreaterThan(0);
  const all = await queries.getModelUse(tree.id);
  expect(all).toMatchObject({ calls: 1 + tree.tasks.length, first_turn });
  expect(all.cost_usd).toBeCloseTo(tree.totals.cost_usd, 6);
});

test("an output that was cut is read whole, page by page", async () => {
  const long = Array.from({ length: 40_000 }, (_, at) => `line ${at}`).join("\n");
  const noisy = worldToolFor("noisy", "repeat", () => long);
  const trial = await start(
    { root: [call("noisy", { what: "it" }), endTask("read")] },
    { runtime: { worldTools: [noisy] } },
  );
  await changeAgent(trial, "worker", { tools: ["noisy"] });
  const tree = await runRoot(trial);
  const response = (await logOf(trial, tree.root_task_id)).find(
    (message) => message.tool === "noisy" && message.kind === "tool_response",
  );
  const { queries } = trial.runtime.application;
  let text = "";
  for (let chars = 1; text.length < chars; ) {
    const page = await queries.getOutput(response?.seq ?? 0, text.length);
    expect(page.from).toBe(text.length);
    text += page.text;
    chars = page.chars;
  }
  expect(text).toBe(long);
  await expect(queries.getOutput((response?.seq ?? 0) - 1, 0)).rejects.toThrow(/is not a tool's response/);
});
