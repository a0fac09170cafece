/** The runtime's cost in commits and bytes, which is the same on every disk and can therefore be tested. */
import { afterEach, expect, test } from "vitest";
import {
  addInstantAgent,
  INSTANT_AGENT,
  INSTANT_MODEL,
  instantModel,
  type Plan,
  probeTool,
} from "@/tests/agents/instant";
import { startTrial, type Trial } from "@/tests/agents/trial";

let trial: Trial;

afterEach(() => trial.close());

async function start(): Promise<void> {
  trial = await startTrial({
    env: { MAX_CONCURRENT_AGENTS: "8" },
    runtime: { models: instantModel(), worldTools: [probeTool()] },
  });
  await addInstantAgent(trial.runtime);
}

/** Returns the commits and the database's bytes of a tree, from its submission to its end. */
async function measure(plan: Plan): Promise<{ commits: number; bytes: number }> {
  const { log, client } = trial.runtime.store;
  const bytes = () => Number(client.sqlite.pragma("page_count", { simple: true })) * 4_096;
  const before = { commits: log.commits(), bytes: bytes() };
  const tree = await trial.submit({ task: JSON.stringify(plan), agent: INSTANT_AGENT, model: INSTANT_MODEL });
  const ended = await trial.ended(tree.id);
  expect(ended.status).toBe("succeeded");
  return { commits: log.commits() - before.commits, bytes: bytes() - before.bytes };
}

test("A turn takes two commits, and a chain stores no more than half as much again as its payload", async () => {
  await start();
  const turns = 200;
  const { commits, bytes } = await measure({ turns });
  expect(commits / turns).toBeLessThanOrEqual(2.1);
  expect(bytes / (turns * 2_000)).toBeLessThanOrEqual(1.5);
  expect(trial.faults).toEqual([]);
});

test("Tasks that work at once share their commits: a tree of 111 tasks takes at most 150", async () => {
  await start();
  const { commits } = await measure({ turns: 3, spread: [10, 10] });
  expect(commits).toBeLessThanOrEqual(150);
  expect(trial.faults).toEqual([]);
});
