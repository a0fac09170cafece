/** The caps of a new installation: who gets them, what they do to trees, and how an admin changes them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Submission } from "@/core/shapes/submission";
import { openStore } from "@/db/store";
import { applySeeds, NEW_INSTALLATION_CAPS, seedInstallation } from "@/seeds/apply";

import { call, endTask } from "@/tests/agents/replies";
import { tester, trialsOfThisFile, whenTask } from "@/tests/agents/scenario";

const start = trialsOfThisFile();

test("a new installation gets its caps once; an existing one keeps what it has", async () => {
  const folder = mkdtempSync(join(tmpdir(), "banyan-caps-"));
  const stores = ["new", "old"].map((name) => openStore(join(folder, `${name}.db`), { migrations: "drizzle" }));
  const [fresh, existing] = stores as [(typeof stores)[0], (typeof stores)[0]];
  await seedInstallation(fresh, "seeds");
  expect(fresh.spendCaps.read()).toEqual(NEW_INSTALLATION_CAPS);
  await fresh.spendCaps.change({ treeMicroUsd: null }, "ann");
  await seedInstallation(fresh, "seeds");
  expect(fresh.spendCaps.read()).toEqual({ ...NEW_INSTALLATION_CAPS, treeMicroUsd: null });
  await applySeeds(existing.configuration, "seeds");
  await seedInstallation(existing, "seeds");
  expect(existing.spendCaps.read()).toEqual({ dayMicroUsd: null, treeMicroUsd: null });
  for (const store of stores) await store.close();
  rmSync(folder, { recursive: true });
});

test("a tree without its own cap gets the installation's; a model without a price is refused with what to do", async () => {
  const trial = await start({ "*": endTask("done") }, { work: false });
  const { commands } = trial.runtime.application;
  const capOf = async (submission: Partial<Submission>) => {
    const { id } = await trial.submit({ task: "root", agent: "worker", ...submission });
    return (await trial.runtime.application.queries.getTree(id)).grant.cost_usd;
  };
  expect(await capOf({})).toBeNull();
  await commands.setSpendCaps({ tree_usd: 5 }, tester);
  expect(await capOf({})).toBe(5);
  expect(await capOf({ grant: { seconds: 60 } })).toBe(5);
  expect(await capOf({ model: "ollama/qwen3" })).toBe(5);
  expect(await capOf({ grant: { cost_usd: 2 } })).toBe(2);
  expect(await capOf({ grant: { cost_usd: null } })).toBeNull();
  expect(await capOf({ grant: { tokens: 1_000_000 } })).toBeNull();
  expect(await capOf({ agent: undefined, runbook: "repository-survey" })).toBeNull();
  // Its address is this machine's: a server of one's own costs nothing.
  expect(await capOf({ model: "openai/unpriced" })).toBeNull();
  await expect(commands.setSpendCaps({ tree_usd: -1 }, tester)).rejects.toThrow("cannot be -1");
  await expect(commands.setSpendCaps({}, tester)).rejects.toThrow("Nothing to change");
});

test("a model without a price at a provider's public address is refused under the default cap", async () => {
  const env = { OPENAI_API_KEY: "test-key", OPENAI_BASE_URL: "https://gateway.example.org/v1" };
  const trial = await start({ "*": endTask("done") }, { work: false, env });
  await trial.runtime.application.commands.setSpendCaps({ tree_usd: 5 }, tester);
  const submission = { task: "root", agent: "worker", model: "openai/unpriced" };
  await expect(trial.submit(submission)).rejects.toThrow(
    /openai\/unpriced has no price.*--max-tokens.*caps --tree none/,
  );
  await trial.submit({ ...submission, grant: { tokens: 100_000 } });
});

test("at the daily cap that an admin saved, tasks park; when it is raised they continue", async () => {
  const usage = { inputTokens: 60_000, outputTokens: 5_000 };
  const trial = await start({
    root: (request) => (request.turn < 3 ? { ...call("list_agents", { n: request.turn }), usage } : endTask("done")),
  });
  const { commands, queries } = trial.runtime.application;
  await commands.setSpendCaps({ day_usd: 0.5 }, tester);
  expect((await queries.getStatus()).today.cap_usd).toBe(0.5);
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const parked = await whenTask(trial, id, "root", (task) => task.status === "parked");
  expect(parked.parked_by).toBe("daily_cap");
  expect((await commands.setSpendCaps({ day_usd: 20 }, tester)).sentence).toBe(
    "Spending is capped: $20.00 a day for all trees, no cap for a tree.",
  );
  await whenTask(trial, id, "root", (task) => task.status === "succeeded");
  expect(trial.faults).toEqual([]);
});

test("the setting for the day comes before what an admin saves", async () => {
  const trial = await start({ "*": endTask("done") }, { work: false, env: { BANYAN_MAX_USD_PER_DAY: "3" } });
  const { commands, queries } = trial.runtime.application;
  expect(await queries.getSpendCaps()).toEqual({ day_usd: 3, day_setting: "BANYAN_MAX_USD_PER_DAY", tree_usd: null });
  await expect(commands.setSpendCaps({ day_usd: 9 }, tester)).rejects.toThrow("BANYAN_MAX_USD_PER_DAY");
});
