/** W3C trace context: who gives a tree is linked to it, and whom a tree asks learns the span that asks. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { sendTo as sendWebhook } from "@/agents/webhooks/webhooks";
import { ownerCalled } from "@/core/rules/roles";
import { call, endTask } from "@/tests/agents/replies";
import { taskScript } from "@/tests/agents/scenario";
import { type Collector, startCollector, tracedBy } from "@/tests/agents/traces/collector";
import { startTrial } from "@/tests/agents/trial";
import { changeAgent } from "@/tests/agents/world-tool";
import { a2aClient, said, sendTo } from "./testing/a2a-client";
import { type Doors, startDoors } from "./testing/doors";

const tester = ownerCalled("ann");
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";
const TRACEPARENT = { traceparent: `00-${TRACE}-${SPAN}-01` };
const MODEL = { BANYAN_MODEL: "anthropic/claude-haiku-4-5" };

async function collecting(): Promise<Collector> {
  const collector = await startCollector();
  onTestFinished(() => collector.close());
  return collector;
}

async function startTraced(collector: Collector): Promise<Doors> {
  const doors = await startDoors({
    script: taskScript({ "*": endTask("done") }),
    env: { ...MODEL, ...tracedBy(collector) },
  });
  const finishing = { evaluate: "never", summarize: "never", document: "never" };
  await changeAgent(doors.trial, "worker", { finishing });
  return doors;
}

/** Returns the links of the tree's first span. */
async function linksOf({ trial }: Doors, collector: Collector, tree: string) {
  await trial.ended(tree);
  await trial.worker?.traces.check();
  const root = collector.spans.find(({ name, attributes }) => name === "tree" && attributes["banyan.tree.id"] === tree);
  return root?.links;
}

test("a tree that came over HTTP, MCP or A2A with a traceparent is linked to that span", async () => {
  const collector = await collecting();
  const doors = await startTraced(collector);
  const token = await doors.token("operator");
  const json = { ...token, ...TRACEPARENT, "content-type": "application/json" };
  const submitted = await doors.ask("/api/v1/trees", {
    method: "POST",
    headers: json,
    body: JSON.stringify({ task: "one", agent: "worker" }),
  });
  const overHttp = (JSON.parse(submitted.text) as { id: string }).id;
  await doors.ask("/mcp", {
    method: "POST",
    headers: { ...json, accept: "application/json, text/event-stream" },
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: { name: "run_task", arguments: { task: "two", agent: "worker" } },
    }),
  });
  const client = await a2aClient(doors.server.url, { ...token, ...TRACEPARENT });
  const overA2a = (await sendTo(client, said("three"))).id;
  const plain = await doors.trial.submit({ task: "four", agent: "worker" });
  const { items } = await doors.trial.runtime.application.queries.listTrees({});
  const overMcp = items.find(({ title }) => title === "two")?.id ?? "";
  const link = [{ traceId: TRACE, spanId: SPAN }];
  expect(await linksOf(doors, collector, overHttp)).toEqual(link);
  expect(await linksOf(doors, collector, overMcp)).toEqual(link);
  expect(await linksOf(doors, collector, overA2a)).toEqual(link);
  expect(await linksOf(doors, collector, plain.id)).toEqual([]);
  expect(collector.spans.some(({ traceId }) => traceId === TRACE)).toBe(false);
});

test("models, outside agents and webhooks learn the span that asks them", async () => {
  const [asking, asked] = [await collecting(), await collecting()];
  const other = await startTraced(asked);
  const { host } = new URL(other.server.url);
  const env = { ...MODEL, BANYAN_PRIVATE_HOSTS: host, BANYAN_ALLOWED_HOSTS: host, ...tracedBy(asking) };
  const script = taskScript({ root: [call("other__task", { message: "Do it" }), endTask("done")] });
  const trial = await startTrial({ script, env });
  onTestFinished(() => trial.close());
  const { commands, queries } = trial.runtime.application;
  const { card } = await queries.previewOutsideAgent(other.server.url);
  const { authorization } = await other.token("operator");
  const secret = authorization.slice("Bearer ".length);
  const server = { name: "other", url: other.server.url, card, skills: ["task"], secret };
  await commands.saveOutsideAgent({ ...server, auth: "bearer" }, tester);
  await commands.setToolPolicy({ id: "other", policy: "auto" }, tester);
  const finishing = { evaluate: "never", summarize: "never", document: "never" };
  await changeAgent(trial, "worker", { tools: ["other"], finishing });
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  await trial.ended(id);
  await trial.worker?.traces.check();

  const traceparents = trial.provider?.requests.map(({ headers }) => headers.traceparent);
  const chats = asking.spans.filter(({ name }) => name.startsWith("chat"));
  expect(chats).toHaveLength(2);
  expect(traceparents).toEqual(chats.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`));

  const tool = asking.spans.find(({ name }) => name === "execute_tool other__task");
  const [{ id: theirs = "" } = {}] = (await other.trial.runtime.application.queries.listTrees({})).items;
  expect(await linksOf(other, asked, theirs)).toEqual([{ traceId: tool?.traceId, spanId: tool?.spanId }]);

  const root = asking.spans.find(({ name }) => name === "tree");
  expect(await webhookOf(trial.runtime.webhooks, id)).toBe(`00-${root?.traceId}-${root?.spanId}-01`);
});

/** Sends a message about a tree to a receiver, and returns the header that came. */
async function webhookOf(sources: Parameters<typeof sendWebhook>[0], tree: string): Promise<unknown> {
  let came: unknown;
  const server = createServer((request, response) => {
    came = request.headers.traceparent;
    request.resume();
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings = { ...sources.settings, privateHosts: [host] };
  const body = JSON.stringify({ type: "tree_ended", tree: { id: tree } });
  await sendWebhook(
    { ...sources, settings, secret: () => "a".repeat(16) },
    { uid: "hook", url: `http://${host}/` },
    "1",
    body,
  );
  await new Promise((resolve) => server.close(resolve));
  return came;
}
