/**
 * Many runs of the whole runtime, each under a seed of its own. `BANYAN_SIM_SEEDS=n` runs more or fewer of them,
 * `BANYAN_SIM_SEED=s` only that one, as a failure prints it; `BANYAN_SIM_REPORT=1` prints what the runs met.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStore } from "@/db/store";
import { applySeeds } from "@/seeds/apply";
import { simulate } from "./testing/simulation/simulation";

const folder = mkdtempSync(join(tmpdir(), "banyan-simulation-"));
const template = join(folder, "template.db");
const only = process.env.BANYAN_SIM_SEED;
const seeds = only
  ? [Number(only)]
  : Array.from({ length: Number(process.env.BANYAN_SIM_SEEDS ?? 500) }, (_, at) => at + 1);

beforeAll(async () => {
  const store = openStore(template, { migrations: "drizzle" });
  await applySeeds(store.configuration, "seeds");
  store.client.sqlite.pragma("wal_checkpoint(TRUNCATE)");
  await store.close();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("whatever happens, every tree ends and no promise is broken", { timeout: 3_600_000 }, async () => {
  const failed: string[] = [];
  const met = new Map<string, number>();
  for (const seed of seeds) {
    const tally = await simulate({ seed, template, folder: join(folder, String(seed)) });
    for (const feature of tally.features.keys()) met.set(feature, (met.get(feature) ?? 0) + 1);
    if (tally.faults.length > 0) failed.push(`BANYAN_SIM_SEED=${seed}\n${[...new Set(tally.faults)].join("\n")}`);
    if (failed.length >= 10) break;
  }
  if (process.env.BANYAN_SIM_REPORT) {
    const lines = [...met]
      .sort((a, b) => b[1] - a[1])
      .map(([feature, count]) => `${String(count).padStart(6)} ${feature}`);
    process.stdout.write(`Of ${seeds.length} runs met:\n${lines.join("\n")}\n`);
  }
  expect(failed.join("\n\n")).toBe("");
});

test("the same seed gives the same run", async () => {
  const run = async (name: string) => (await simulate({ seed: 7, template, folder: join(folder, name) })).features;
  expect(await run("once")).toEqual(await run("again"));
});
