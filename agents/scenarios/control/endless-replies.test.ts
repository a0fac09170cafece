/** A reply that does not end by itself costs much and brings nothing: the second in a row ends the task. */
import { expect, test } from "vitest";
import type { Reply } from "@/tests/agents/provider-script";
import { call, endTask } from "@/tests/agents/replies";
import { eventsOf, logOf, requestsOf, runRoot, titled, toldIn, trialsOfThisFile } from "@/tests/agents/scenario";

const start = trialsOfThisFile();

/** More characters than any text of 16,000 tokens has. */
const ENDLESS = "word ".repeat(80_000);
const anthropic = "anthropic/claude-sonnet-4-5";
const openai = "openai/gpt-5";

const cases: [string, string, Reply][] = [
  ["text", anthropic, { text: ENDLESS, pieces: 50 }],
  ["text", openai, { text: ENDLESS, pieces: 50 }],
  ["thoughts", anthropic, { thinking: ENDLESS, ...endTask("done") }],
  ["arguments", anthropic, call("write_file", { path: "a.txt", content: ENDLESS })],
  ["arguments", openai, call("write_file", { path: "a.txt", content: ENDLESS })],
];

test.each(cases)("endless %s twice in a row end the task (%s)", async (_what, model, reply) => {
  const trial = await start({ root: reply, "*": endTask("noted") });
  const tree = await runRoot(trial, { model });
  expect([tree.status, tree.reason]).toEqual(["failed", "endless_reply"]);
  expect(requestsOf(trial, "root").length).toBe(2);
  expect(titled(tree, "root").reason_detail).toMatch(/^2 replies in a row did not end by themselves\. The last: .*\.$/);
});

test("so do two replies that the provider cut at their limit of output, and the agent reads of the first", async () => {
  const trial = await start({ root: { text: "And so on.", stopReason: "max_tokens" }, "*": endTask("noted") });
  const tree = await runRoot(trial);
  expect([tree.status, tree.reason]).toEqual(["failed", "endless_reply"]);
  const [first, second, third] = requestsOf(trial, "root");
  expect([first?.body.max_tokens, second?.body.max_tokens, third]).toEqual([16_000, 64_000, undefined]);
  expect(toldIn(second)).toMatch(/was cut at its limit before a tool call/);
  expect(titled(tree, "root").reason_detail).toMatch(/cut at its limit of 64000 tokens/);
});

test("a reply that ends by itself between them counts them anew", async () => {
  const trial = await start({
    root: (request) => {
      if (request.turn === 3) return endTask("done");
      if (request.turn === 1) return call("list_agents", {});
      return request.attempt === 0 ? { text: ENDLESS } : call("list_agents", { turn: request.turn });
    },
    "*": endTask("noted"),
  });
  expect((await runRoot(trial)).status).toBe("succeeded");
});

test("a provider that is away between them does not hide the first", async () => {
  const trial = await start({
    root: (request) => (request.index === 1 ? { fault: { type: "server_error" } } : { text: ENDLESS }),
    "*": endTask("noted"),
  });
  const tree = await runRoot(trial);
  expect([tree.reason, requestsOf(trial, "root").length]).toEqual(["endless_reply", 3]);
  expect(eventsOf(await logOf(trial, tree.root_task_id)).filter((kind) => kind === "model_failed").length).toBe(3);
});

test("an endless summary of a conversation is cut, and excerpts take its place", async () => {
  let refused = 0;
  const trial = await start({
    root: (request) => {
      if (request.turn < 5) return call("list_agents", { turn: request.turn });
      refused += 1;
      return refused === 1 ? { fault: { type: "too_long" } } : endTask("done");
    },
    "*": { text: ENDLESS, pieces: 50 },
  });
  const tree = await runRoot(trial);
  const log = await logOf(trial, tree.root_task_id);
  const compacted = log.find((message) => message.kind === "event" && message.content.type === "compacted");
  expect(compacted?.content).toMatchObject({ summary: "" });
});
