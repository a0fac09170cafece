/** Queries of the pages about a long log and about shortened outputs. */
import { expect, test } from "vitest";
import { call, endTask } from "../testing/replies";
import { logOf, runRoot, trialsOfThisFile } from "../testing/scenario";
import { changeAgent, worldToolFor } from "../testing/world-tool";

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
