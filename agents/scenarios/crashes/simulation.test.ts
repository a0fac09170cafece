/**
 * Many runs of the whole runtime, each under a seed of its own: `ENOUGH` of them, and then as many as it takes to meet every
 * required feature. `BANYAN_SIM_SEEDS=n` runs exactly so many, `BANYAN_SIM_SEED=s` only that one, as a failure prints it;
 * `BANYAN_SIM_REPORT=1` prints what the runs met.
 */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStore } from "@/db/store";
import { seededDatabase } from "@/tests/agents/seeded-database";
import { simulate } from "@/tests/agents/simulation/simulation";
import { putPolicies } from "@/tests/agents/simulation/tools";

const folder = mkdtempSync(join(tmpdir(), "banyan-simulation-"));
const template = join(folder, "template.db");
const only = process.env.BANYAN_SIM_SEED;
const many = process.env.BANYAN_SIM_SEEDS;
/** The features that are required come before the last of these runs. */
const MOST = 500;
const seeds = only ? [Number(only)] : Array.from({ length: Number(many ?? MOST) }, (_, at) => at + 1);

beforeAll(async () => {
  copyFileSync(await seededDatabase(), template);
  const store = openStore(template, { migrations: "drizzle" });
  await putPolicies(store);
  store.client.sqlite.pragma("wal_checkpoint(TRUNCATE)");
  await store.close();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs after which it is enough that every required feature was met. */
const ENOUGH = 100;
const MUST_BE_MET = [
  ...["approval_asked", "approval_decided", "granted", "changed", "repeated", "daily_cap", "unparked", "answered"].map(
    (type) => `event ${type}`,
  ),
  ...["retried", "compacted", "unconfirmed", "stepping"].map((type) => `event ${type}`),
  ...["change", "grant", "addRule", "revokeRule", "step", "pause alone", "decide"].map(
    (command) => `command ${command} done`,
  ),
  ...["given by a person", "given by a rule", "refused by a person"].map((how) => `an approval is ${how}`),
  ...["while", "nobody", "somebody did not allow"].map((why) => `a call is not run: ${why}`),
  "an approved call runs",
  "a call is interrupted",
  "a question is answered by its time-out",
  "the next day comes",
  "a late write is refused",
  "ended failed ask_timeout",
  "ended failed runaway",
];

test("whatever happens, every tree ends and no promise is broken", { timeout: 3_600_000 }, async () => {
  const failed: string[] = [];
  const met = new Map<string, number>();
  const missing = () => MUST_BE_MET.filter((feature) => !met.has(feature));
  let runs = 0;
  for (const seed of seeds) {
    if (many === undefined && runs >= ENOUGH && missing().length === 0) break;
    runs += 1;
    const tally = await simulate({ seed, template, folder: join(folder, String(seed)) });
    for (const feature of tally.features.keys()) met.set(feature, (met.get(feature) ?? 0) + 1);
    if (tally.faults.length > 0) failed.push(`BANYAN_SIM_SEED=${seed}\n${[...new Set(tally.faults)].join("\n")}`);
    if (failed.length >= 10) break;
  }
  if (process.env.BANYAN_SIM_REPORT) {
    const lines = [...met]
      .sort((a, b) => b[1] - a[1])
      .map(([feature, count]) => `${String(count).padStart(6)} ${feature}`);
    process.stdout.write(`Of ${runs} runs met:\n${lines.join("\n")}\n`);
  }
  expect(failed.join("\n\n")).toBe("");
  if (seeds.length >= MOST) expect(missing()).toEqual([]);
});

test("the same seed gives the same run", async () => {
  const run = async (name: string) => (await simulate({ seed: 7, template, folder: join(folder, name) })).features;
  expect(await run("once")).toEqual(await run("again"));
});
