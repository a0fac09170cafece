/** What a tool costs outside of the task's own model calls is charged to the task, its grant and its tree. */
import { expect, test } from "vitest";
import { call, endTask } from "@/tests/agents/replies";
import { eventsOf, logOf, responsesOf, runRoot, trialsOfThisFile } from "@/tests/agents/scenario";
import { changeAgent, worldToolFor } from "@/tests/agents/world-tool";

const start = trialsOfThisFile();

const CHARGE = { model: "anthropic/claude-sonnet-4-6", inputTokens: 1_000, outputTokens: 100, microUsd: 10_000 };
/** 1,000 tokens in at $3 and 100 out at $15 per million, and the search itself. */
const MICRO_USD = 3_000 + 1_500 + 10_000;

/** A trial whose worker calls a tool that costs something: once for each of `calls`. */
async function searching(calls: string[], options: { env?: Record<string, string> } = {}) {
  const costly = worldToolFor("costly", "repeat", async ({ what }, { onCharge, reserve }) => {
    // A call that reserves what it may cost makes no request that is not covered.
    const why = what === "asks" ? await reserve?.({ ...CHARGE, microUsd: 500_000 }) : null;
    if (why) return why;
    onCharge?.({ ...CHARGE, ...(what === "dear" && { microUsd: 500_000 }), why: "A search of the web." });
    if (what === "fails") throw new Error("The results cannot be read.");
  });
  const trial = await start(
    { root: [...calls.map((what) => call("costly", { what })), endTask("done")] },
    { runtime: { worldTools: [costly] }, ...options },
  );
  await changeAgent(trial, "worker", { tools: ["costly"] });
  return trial;
}

test("a search by a model's provider is charged, also when the call fails, and the log says it", async () => {
  const trial = await searching(["it", "fails"]);
  const tree = await runRoot(trial);
  expect(tree.status).toBe("succeeded");
  const log = await logOf(trial, tree.root_task_id);
  const charged = log.filter((message) => message.content.type === "tool_charged");
  expect(charged.map(({ content }) => content.microUsd)).toEqual([MICRO_USD, MICRO_USD]);
  const { queries } = trial.runtime.application;
  const replies = (await queries.getModelUse(tree.id)).cost_usd;
  expect(tree.totals.cost_usd).toBeCloseTo(replies + (2 * MICRO_USD) / 1_000_000, 6);
  const status = await queries.getStatus();
  expect(status.today.cost_usd).toBeCloseTo(tree.totals.cost_usd, 6);
});

test("what the grant does not cover is logged as an overrun, and the task gets no further search", async () => {
  const trial = await searching(["dear", "dear", "dear"]);
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker", grant: { cost_usd: 0.4 } });
  const tree = await trial.ended(id);
  expect([tree.status, tree.reason]).toEqual(["failed", "out_of_grant"]);
  const events = eventsOf(await logOf(trial, root_task_id));
  expect(events.filter((type) => type === "tool_charged" || type === "overrun")).toEqual(["tool_charged", "overrun"]);
});

test("a tool that reserves what a call may cost is told what the grant lacks, and spends nothing", async () => {
  const trial = await searching(["asks", "it"]);
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker", grant: { cost_usd: 0.4 } });
  const tree = await trial.ended(id);
  expect(tree.status).toBe("succeeded");
  const log = await logOf(trial, root_task_id);
  expect(responsesOf(log)[0]).toMatch(
    /^The rest of the task's grant does not cover this call: its request to anthropic\/claude-sonnet-4-6 may cost \$0\.5045 \(1,100 tokens\), and \$0\.\d+ can still be spent\./,
  );
  expect(eventsOf(log).filter((type) => type === "tool_charged" || type === "overrun")).toEqual(["tool_charged"]);
});

test("what such a call may cost is reserved while it runs, and free again afterwards", async () => {
  const trial = await searching(["asks", "asks"]);
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker", grant: { cost_usd: 0.8 } });
  const tree = await trial.ended(id);
  expect(tree.status).toBe("succeeded");
  const log = await logOf(trial, root_task_id);
  const charged = log.filter((message) => message.content.type === "tool_charged");
  // Each reserves more than half of the grant, and costs little.
  expect(charged.map(({ content }) => content.microUsd)).toEqual([MICRO_USD, MICRO_USD]);
  expect(eventsOf(log)).not.toContain("overrun");
  const reserved = trial.runtime.store.client.sqlite.prepare("SELECT reserved_micro_usd FROM tasks").pluck();
  expect(reserved.get()).toBe(0);
});

test("at the day's cap on money a call that costs some is refused, also of a model that is free", async () => {
  const trial = await searching(["asks"], { env: { BANYAN_MAX_USD_PER_DAY: "0.3" } });
  const tree = await runRoot(trial);
  expect(tree.status).toBe("succeeded");
  const log = await logOf(trial, tree.root_task_id);
  expect(responsesOf(log)[0]).toMatch(/^Today's cap of \$0\.30 for all trees together/);
  expect(eventsOf(log)).not.toContain("tool_charged");
});
