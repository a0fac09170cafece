/** The results of several calls in one reply fit the model's context together, and every part stays readable. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { ModelError, type ModelPort, type ModelReply, type ModelRequest } from "@/core/log/model";
import { startTrial, type Trial } from "@/tests/agents/trial";

const usage = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 50 };
const folder = mkdtempSync(join(tmpdir(), "banyan-reads-"));
let trial: Trial;

afterEach(() => trial.close());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function ask(...asked: { id: string; name: string; input: unknown }[]): ModelReply {
  return { parts: asked.map(({ id }) => ({ type: "call", id })), calls: asked, usage, stopReason: "tool_calls" };
}

/** A model of a server that counts tokens of this many characters, and refuses what does not fit. */
function counting(charsPerToken: number, contextTokens: number, ...replies: ModelReply[]) {
  const requests: ModelRequest[] = [];
  let refused = 0;
  const port: ModelPort = {
    async respond(request) {
      const chars = JSON.stringify([request.system, request.tools, request.messages]).length;
      const tokens = Math.ceil(chars / charsPerToken) + request.maxOutputTokens;
      if (tokens > contextTokens) {
        refused += 1;
        throw new ModelError("too_long", `${tokens} tokens do not fit into ${contextTokens}.`);
      }
      requests.push(structuredClone(request));
      const reply =
        replies[requests.length - 1] ??
        ask({ id: "z", name: "end_task", input: { status: "success", result: "read" } });
      return { ...reply, usage: { ...usage, inputTokens: Math.ceil(chars / charsPerToken) } };
    },
  };
  return { port, requests, refused: () => refused };
}

test.each([
  { of: "a hosted model", model: "anthropic/test", contextTokens: 200_000, charsPerToken: 4, files: 8 },
  { of: "a model of Ollama", model: "ollama/test", contextTokens: 32_768, charsPerToken: 4, files: 2 },
  {
    of: "a model that needs two tokens for what others take for one",
    model: "ollama/test",
    contextTokens: 32_768,
    charsPerToken: 1.5,
    files: 8,
  },
])("files of 64 KB read in one reply by $of: the task goes on, and can page through them", async (work) => {
  const names = Array.from({ length: work.files }, (_, index) => `file-${index}.txt`);
  for (const name of names) {
    const lines = Array.from(
      { length: 1_000 },
      (_, line) => `${name} ${String(line).padStart(6, "0")} ${"data ".repeat(9)}`,
    );
    writeFileSync(join(folder, name), `${lines.join("\n")}\nthe end of ${name}\n`);
  }
  const reads = names.map((path, index) => ({ id: `r${index}`, name: "read_file", input: { path } }));
  const page = { id: "p", name: "read_output", input: { call: "r0", offset: 30_000 } };
  const model = counting(work.charsPerToken, work.contextTokens, ask(...reads), ask(page));
  trial = await startTrial({ runtime: { models: model.port } });
  const tree = await trial.submit({ task: "Read", agent: "worker", model: work.model, workspace: folder });
  const ended = await trial.ended(tree.id, 240_000);
  expect(ended).toMatchObject({ status: "succeeded", reason: null });
  const outputs = model.requests[1]?.messages.filter((message) => message.role === "tool") ?? [];
  expect(outputs).toHaveLength(work.files);
  for (const output of outputs) expect(output.content.length).toBeGreaterThan(500);
  const { loader } = trial.runtime.store;
  const paged = loader
    .entries(1, loader.lengthOf(1))
    .find((entry) => entry.kind === "tool_response" && entry.callId === "p");
  expect(paged?.content).toMatchObject({ isError: false, text: expect.stringContaining("file-0.txt 000") });
});
