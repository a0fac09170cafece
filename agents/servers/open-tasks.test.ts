/** Tasks at outside agents that nobody waits for: an agent that is away is told again, ever more rarely, and many by and by. */
import { expect, onTestFinished, test } from "vitest";
import type { OpenOutsideTask } from "@/db/a2a/outside-calls";
import { cardOf, result, startAgent, taskOf } from "@/lib/a2a/testing/agent";
import { createAddressGuard } from "@/lib/mcp/transport/address-guard";
import type { ServerOfTask } from "./context";
import { createOpenTasks } from "./open-tasks";

const SECOND_MS = 1_000;

async function agentWith(names: readonly string[]) {
  const agent = await startAgent();
  const url = `${agent.origin}/.well-known/agent-card.json`;
  const card = { hash: "h", signedBy: null, keysAt: null, body: cardOf(agent) };
  const config = { kind: "a2a", url, auth: { kind: "none" }, skills: ["scan"], callsPerMinute: 10, card };
  const server: ServerOfTask = {
    name: "acme",
    title: "acme",
    description: "",
    level: "network",
    source: "mcp",
    optional: false,
    policy: "inherit",
    availability: { available: true, since: "" },
    server: { config, tools: [], scope: "shared", workspace: "none" },
  };
  const open = new Map(
    names.map((task): [string, OpenOutsideTask] => [task, { tree: "t", agent: "acme", task, address: url }]),
  );
  let nowMs = 0;
  const tasks = createOpenTasks(
    {
      outsideCalls: { left: () => [...open.values()], setOpen: async ({ task }) => void open.delete(task) },
      liveServer: () => server,
      isLive: () => true,
      api: { guard: createAddressGuard({ privateHosts: [agent.host] }), secretOf: async () => undefined },
    },
    () => nowMs,
  );
  onTestFinished(async () => {
    await tasks.stop();
    await agent.stop();
  });
  /** Looks at a time, and returns how many requests the agent has got so far. */
  const lookAt = async (ms: number) => {
    nowMs = ms;
    await tasks.cancelLeft();
    return agent.asked.length;
  };
  return { agent, open, lookAt };
}

test("an agent that is away is told again after a wait that doubles up to an hour, until it is back", async () => {
  const { agent, open, lookAt } = await agentWith(["t1"]);
  agent.now.answer = (_, response) => response.destroy();
  let at = 0;
  expect(await lookAt(at)).toBe(1);
  let tries = 1;
  for (let wait = 15 * SECOND_MS; tries < 12; wait = Math.min(2 * wait, 3_600 * SECOND_MS)) {
    expect([wait, await lookAt(at + wait - 1)]).toEqual([wait, tries]);
    at += wait;
    tries += 1;
    expect([wait, await lookAt(at)]).toEqual([wait, tries]);
  }
  agent.now.answer = (received, response) => result(received, response, { task: taskOf("t1") });
  await lookAt(at + 3_600 * SECOND_MS);
  expect([...open.keys()]).toEqual([]);
  expect(await lookAt(at + 7_200 * SECOND_MS)).toBe(tries + 1);
});

test("of many tasks twenty are told at a time, and the others at the next look", async () => {
  const names = Array.from({ length: 25 }, (_, at) => `t${at}`);
  const { agent, open, lookAt } = await agentWith(names);
  agent.now.answer = (received, response) => result(received, response, { task: taskOf("t") });
  expect(await lookAt(0)).toBe(20);
  expect(await lookAt(0)).toBe(25);
  expect(open.size).toBe(0);
});
