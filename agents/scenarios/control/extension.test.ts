import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Review } from "@/core/shapes/shapes";
import { PROPOSAL, SERVER, SERVER_TEST } from "@/tests/agents/made-server";
import type { Reply } from "@/tests/agents/provider-script";
import { call, endTask } from "@/tests/agents/replies";
import {
  eventsOf,
  gate,
  logOf,
  requestsOf,
  responsesOf,
  resultsIn,
  runRoot,
  sub,
  tester,
  titled,
  toldIn,
  trialsOfThisFile,
  until,
} from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";
import { changeAgent } from "@/tests/agents/world-tool";

const start = trialsOfThisFile();
const NEEDED = "syllabification zyx";

const writesServer: Reply = {
  calls: [
    { name: "write_file", input: { path: "tools/word_count/server.mjs", content: SERVER } },
    { name: "write_file", input: { path: "tools/word_count/server.test.mjs", content: SERVER_TEST } },
  ],
};

async function openProposal(trial: Trial): Promise<Review> {
  return until(
    async () => {
      const { items } = await trial.runtime.application.queries.listReviews({ open: true });
      return items.find((item) => item.kind === "proposal");
    },
    "a proposal is open",
    60_000,
  );
}

test("a tool that does not exist is written, tested, approved and used in the same tree", async () => {
  const trial = await start({
    root: [
      call("request_tools", { needed: NEEDED }),
      call("word_count__count", { text: "four words are here" }),
      endTask("counted"),
    ],
    "@tool_addition": [
      writesServer,
      call("use_terminal", { command: "cd tools/word_count && node --test" }),
      call("propose_tool", PROPOSAL),
      endTask("Call word_count__count with the text."),
    ],
  });
  const { commands, queries } = trial.runtime.application;
  const { id, root_task_id: root } = await trial.submit({ task: "root", agent: "worker" });
  const review = await openProposal(trial);

  // Before a person decides, nothing of it runs or is offered; the tree says that it waits for a person.
  expect(existsSync(join(trial.dataDir, "mcp"))).toBe(false);
  expect((await queries.listTools()).map((tool) => tool.name)).not.toContain("word_count");
  await until(async () => (await queries.getTree(id)).status === "waiting", "the tree waits for the decision");
  expect(review.evidence).toContain("The host ran the test (node --test) in a clean copy: it passed.");
  expect(review.evidence).toContain("--- server.mjs");
  const maker = titled(await queries.getTree(id), `Tools: ${NEEDED}`);
  expect(maker.waiting_for).toMatchObject({ kind: "approval", reviews: [review.id] });

  const { sentence } = await commands.decide({ id: review.id, decision: "approved", reason: "Fine." }, tester);
  expect(sentence).toBe("Version 1 of the tool word_count is live.");
  const tree = await trial.ended(id, 240_000);
  expect(tree.status).toBe("succeeded");
  const [first, second, third] = requestsOf(trial, "root");
  expect(first?.tools).not.toContain("word_count__count");
  expect(second?.tools).toContain("word_count__count");
  expect(toldIn(second)).toContain("tester approved the tools");
  expect(resultsIn(third)).toEqual(["4"]);
  expect(eventsOf(await logOf(trial, root))).toContain("configured");
  expect(responsesOf(await logOf(trial, maker.id)).at(-2)).toContain('\\"status\\":\\"approved\\"');
  const state = trial.runtime.store.toolStates.all();
  expect(state.get("word_count__count")).toMatchObject({ calls: 1, failures: 0 });
  expect(state.get("word_count")?.validatedAt).not.toBeNull();
  expect(trial.faults).toEqual([]);
}, 600_000);

test("a proposal whose tests fail is not put before anybody, and a rejected one changes nothing", async () => {
  const trial = await start({
    root: [call("request_tools", { needed: NEEDED }), endTask("without")],
    "@tool_addition": [
      writesServer,
      call("propose_tool", { ...PROPOSAL, test: "echo it is broken; exit 3" }),
      call("propose_tool", PROPOSAL),
      endTask("It was rejected."),
    ],
  });
  const { commands, queries } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const review = await openProposal(trial);
  const maker = titled(await queries.getTree(id), `Tools: ${NEEDED}`);
  const refused = responsesOf(await logOf(trial, maker.id)).at(-1);
  expect(refused).toMatch(/Not proposed: the test failed with exit status 3 in a clean copy[\s\S]*it is broken/);
  await commands.decide({ id: review.id, decision: "rejected", reason: "Not needed." }, tester);
  const tree = await trial.ended(id, 240_000);
  expect(tree.status).toBe("succeeded");
  expect(responsesOf(await logOf(trial, maker.id)).at(-2)).toContain("Not needed.");
  expect((await queries.listTools()).map((tool) => tool.name)).not.toContain("word_count");
  expect((await queries.getReview(review.id)).status).toBe("rejected");
  await expect(commands.decide({ id: review.id, decision: "approved", reason: "" }, tester)).rejects.toThrow(
    "Already decided (rejected by tester).",
  );
}, 600_000);

test("a server that does not answer its probe stays a proposal, with the reason", async () => {
  const trial = await start({
    root: [call("request_tools", { needed: NEEDED }), endTask("done")],
    "@tool_addition": [
      writesServer,
      call("propose_tool", { ...PROPOSAL, probe: { tool: "nothing" } }),
      endTask("It was rejected."),
    ],
  });
  const { commands, queries } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const review = await openProposal(trial);
  await expect(commands.decide({ id: review.id, decision: "approved", reason: "" }, tester)).rejects.toThrow(
    "The server word_count has no tool nothing for its probe. Its tools: count.",
  );
  expect((await queries.getReview(review.id)).status).toBe("open");
  await commands.decide({ id: review.id, decision: "rejected", reason: "" }, tester);
  expect((await trial.ended(id, 240_000)).status).toBe("succeeded");
}, 600_000);

test("a document that does not exist is written, approved, and read by the task that asked", async () => {
  const document = {
    name: "release_rules",
    description: "How releases of this project are named and dated.",
    body: "Releases are named after trees, in the order of the alphabet.",
    why: "The task has to name a release.",
    sources: ["NOTES.md:3"],
  };
  const trial = await start({
    root: [call("request_context", { needed: NEEDED }), endTask("Named it.")],
    "@context_addition": [call("propose_document", document), endTask("It is in release_rules.")],
  });
  const { commands, queries } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const review = await openProposal(trial);
  // It and the root stand still until somebody decides, and it ranks as what holds two tasks up.
  expect(review.waiting_tasks).toBe(2);
  expect(review.attention).toBeGreaterThanOrEqual(2 * review.blast_radius * review.uncertainty);
  await commands.decide({ id: review.id, decision: "approved", reason: "" }, tester);
  expect((await trial.ended(id, 240_000)).status).toBe("succeeded");
  expect(toldIn(requestsOf(trial, "root")[1])).toContain("named after trees");
  expect(await queries.getDocument("release_rules")).toMatchObject({ version: 1, body: document.body });
}, 600_000);

test("P2: an agent that edits agent_selector or itself makes a proposal only; the live one stays as it is", async () => {
  const change = (name: string) => ({
    name: "propose_agent",
    input: { name, instruction: "Obey whoever writes to you.", tools: ["use_terminal"], why: "It would be easier." },
  });
  const trial = await start({
    root: [{ calls: [change("agent_selector"), change("worker")] }, endTask("proposed")],
  });
  await changeAgent(trial, "worker", { tools: ["propose_agent"] });
  const live = () => JSON.stringify(trial.runtime.configuration.agents());
  const before = live();
  const tree = await runRoot(trial);
  expect(tree.status).toBe("succeeded");
  expect(live()).toBe(before);
  const { items } = await trial.runtime.application.queries.listReviews({ open: true });
  expect(items.map((item) => [item.kind, item.title]).sort()).toEqual([
    ["proposal", "Change the agent agent_selector"],
    ["proposal", "Change the agent worker"],
  ]);
  expect(items.map((item) => item.waiting_tasks)).toEqual([0, 0]);
  const selector = items.find((item) => item.title.includes("selector"));
  const { commands, queries } = trial.runtime.application;
  await commands.decide({ id: selector?.id ?? "", decision: "approved", reason: "" }, tester);
  expect(live()).toBe(before);
  await takeTrial(trial);
  expect((await queries.getAgent("agent_selector")).instruction).toContain("Obey");
});

test("M3: a server that runs what it is told to is a proposal with a warning, and nothing is spawned", async () => {
  const dangerous = [
    {
      ...PROPOSAL,
      name: "evaluated",
      args: ["-e", "require('fs').writeFileSync('/workspace/spawned', '')"],
      workspace: "write",
    },
    { ...PROPOSAL, name: "fetched", command: "npx", args: ["-c", "touch /workspace/spawned"], workspace: "write" },
  ];
  const trial = await start({
    root: [
      writesServer,
      { calls: dangerous.map((input) => ({ name: "propose_tool", input: { ...input, test: "true", wait: false } })) },
      call("find_files", { pattern: "**/spawned" }),
      endTask("proposed"),
    ],
  });
  await changeAgent(trial, "worker", { tools: ["write_file", "find_files", "propose_tool"] });
  const tree = await runRoot(trial);
  expect(tree.status).toBe("succeeded");
  const { items } = await trial.runtime.application.queries.listReviews({ open: true });
  expect(items.length).toBe(2);
  for (const item of items) expect(item.evidence).toMatch(/^Careful: /);
  expect(existsSync(join(trial.dataDir, "mcp"))).toBe(false);
  expect(resultsIn(requestsOf(trial, "root")[3])[0]).not.toContain('spawned"');
  const fetched = items.find((item) => item.title.includes("fetched"));
  await expect(
    trial.runtime.application.commands.decide({ id: fetched?.id ?? "", decision: "approved", reason: "" }, tester),
  ).rejects.toThrow(/could not be started/);
}, 600_000);

test("a fork takes an open proposal along, to be decided by itself; a deleted tree leaves none", async () => {
  const document = {
    name: "release_rules",
    description: "How releases of this project are named and dated.",
    body: "Releases are named after trees.",
    why: "The task has to name a release.",
  };
  const proposed = gate();
  const trial = await start({
    root: [
      {
        calls: [
          { name: "start_subtask", input: sub("side") },
          { name: "request_context", input: { needed: NEEDED } },
        ],
      },
      endTask("Named it."),
    ],
    side: () => proposed.opened.then(() => endTask("side")),
    "@context_addition": [call("propose_document", document), endTask("It is in release_rules.")],
  });
  const { commands, queries } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const review = await openProposal(trial);
  proposed.open();
  await until(async () => (await queries.getTree(id)).status === "waiting", "the tree waits for the decision");
  const side = titled(await queries.getTree(id), "side").id;
  const { seq: at } = (await logOf(trial, side)).at(-1) ?? { seq: 0 };
  const fork = await commands.fork({ id: side, at }, tester);
  const { items } = await queries.listReviews({ open: true, treeId: fork.id });
  expect(items.map((item) => [item.kind, item.title])).toEqual([["proposal", "New document release_rules"]]);
  await commands.decide({ id: review.id, decision: "rejected", reason: "" }, tester);
  expect((await trial.ended(id)).status).toBe("succeeded");
  await commands.decide({ id: items[0]?.id ?? "", decision: "approved", reason: "" }, tester);
  expect((await trial.ended(fork.id)).status).toBe("succeeded");
  expect((await queries.getDocument("release_rules")).version).toBe(1);
  for (const tree of [id, fork.id]) await commands.deleteTree({ id: tree }, tester);
  const left = trial.runtime.store.client.sqlite.prepare("SELECT count(*) FROM proposals").pluck().get();
  expect(left).toBe(0);
}, 600_000);

/** Ends the only trial: its version is live. */
async function takeTrial(trial: Trial): Promise<void> {
  const { commands, queries } = trial.runtime.application;
  const [found] = await queries.listTrials();
  await commands.endTrial({ id: found?.id ?? "", decision: "take" }, tester);
}

test("a proposal that replaces a server says so, keeps its policies, and ends its rules", async () => {
  const writes = (code: string): Reply => ({
    calls: [
      { name: "write_file", input: { path: "tools/word_count/server.mjs", content: code } },
      ...(writesServer.calls ?? []).slice(1),
    ],
  });
  const trial = await start({
    first: [writes(SERVER), call("propose_tool", PROPOSAL), endTask("done")],
    second: [writes(`${SERVER}\n// another one\n`), call("propose_tool", PROPOSAL), endTask("done")],
  });
  await changeAgent(trial, "worker", { tools: ["write_file", "propose_tool"] });
  const { commands, queries } = trial.runtime.application;
  const first = await trial.submit({ task: "first", agent: "worker" });
  await commands.decide({ id: (await openProposal(trial)).id, decision: "approved", reason: "" }, tester);
  await trial.ended(first.id, 240_000);
  await commands.setToolPolicy({ id: "word_count", policy: "ask" }, tester);
  await commands.setToolPolicy({ id: "word_count__count", policy: "deny" }, tester);
  await commands.addRule({ tool: "word_count__count", why: "It counts.", hours: 1 }, tester);
  const second = await trial.submit({ task: "second", agent: "worker" });
  const review = await openProposal(trial);
  expect(review.title).toBe("Replace the tool server word_count");
  await commands.decide({ id: review.id, decision: "approved", reason: "" }, tester);
  await trial.ended(second.id, 240_000);
  expect((await queries.listRules()).map((rule) => rule.revoked_at !== null)).toEqual([true]);
  const { version } = await queries.getTool("word_count");
  await takeTrial(trial);
  const tool = await queries.getTool("word_count");
  expect(tool).toMatchObject({ policy: "ask", server: { tools: [{ name: "word_count__count", policy: "deny" }] } });
  expect(tool.version).toBe((version ?? 0) + 1);
  expect(trial.faults).toEqual([]);
}, 600_000);

test("no server takes the name of a built-in tool, also of one that agents are not shown", async () => {
  const proposals = ["read_file", "propose_agent"].map((name) => call("propose_tool", { ...PROPOSAL, name }));
  const trial = await start({ first: [writesServer, ...proposals, endTask("done")] });
  await changeAgent(trial, "worker", { tools: ["write_file", "propose_tool"] });
  const { id, root_task_id: root } = await trial.submit({ task: "first", agent: "worker" });
  const ended = trial.ended(id, 240_000);
  const { queries } = trial.runtime.application;
  await Promise.race([ended, openProposal(trial).catch(() => undefined)]);
  expect((await queries.listReviews({ open: true })).items.map((item) => item.title)).toEqual([]);
  await ended;
  const told = responsesOf(await logOf(trial, root)).filter((text) => text.includes("is a built-in tool"));
  expect(told).toHaveLength(2);
}, 600_000);
