/** Taint follows content from outside on every way to another task. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import { sub, tester, trialsOfThisFile } from "@/tests/agents/scenario";
import { treeSqlOf } from "@/tests/agents/tree-sql";
import type { Trial } from "@/tests/agents/trial";
import { changeAgent, offerTool, worldToolFor } from "@/tests/agents/world-tool";

const start = trialsOfThisFile();
const base = mkdtempSync(join(tmpdir(), "banyan-taint-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const send = call("touch", { what: "mail" });
const fetchPage = call("read_page", { what: "p" });

/** `read_page` returns content from outside; `touch` sends data out. */
async function trialWith(script: Parameters<typeof start>[0]): Promise<Trial> {
  const touch = worldToolFor("touch", "report_interrupted", () => "sent");
  const sends = { ...touch, effectOf: () => ({ level: "network" as const, sends: true, hosts: ["example.org"] }) };
  const page = {
    ...worldToolFor("read_page", "repeat", () => ""),
    run: async () => ({ content: "a page", outside: true }),
  };
  const trial = await start(script, { runtime: { worldTools: [sends, page] } });
  for (const name of ["touch", "read_page"]) await offerTool(trial, name, "auto");
  await changeAgent(trial, "worker", { tools: ["touch", "read_page"] });
  return trial;
}

const openOnes = async (trial: Trial) => (await trial.runtime.application.queries.listReviews({ open: true })).items;

async function work(trial: Trial, task: string, workspace?: string) {
  return trial.submit({ task, agent: "worker", ...(workspace && { workspace }) });
}

test("the next tree in the same, a parent or a child folder is tainted; a tree in a sibling folder is not", async () => {
  const folder = join(base, "project");
  mkdirSync(join(folder, "inner"), { recursive: true });
  mkdirSync(join(base, "projectile"));
  writeFileSync(join(folder, "inner", "a"), "a");
  const script = { reads: [fetchPage, endTask("read")], sends: [send, endTask("sent")] };
  const trial = await trialWith(script);
  await trial.ended((await work(trial, "reads", folder)).id);
  const free = await trial.ended((await work(trial, "sends", join(base, "projectile"))).id);
  expect(free.status).toBe("succeeded");
  expect(await openOnes(trial)).toEqual([]);
  for (const workspace of [folder, join(folder, "inner"), base]) {
    const tree = await work(trial, "sends", workspace);
    await expect.poll(async () => (await openOnes(trial)).length).toBe(1);
    const [item] = await openOnes(trial);
    expect(trial.runtime.store.decisions.subjectOf(item?.id ?? "")?.why).toContain("content from outside");
    await trial.runtime.application.commands.decide({ id: item?.id ?? "", decision: "rejected", reason: "" }, tester);
    await trial.ended(tree.id);
  }
});

test("rows with a sibling's page taint the task that reads them by SQL", async () => {
  const trial = await trialWith({
    root: [startSubtask(sub("reads")), endTask("done")],
    reads: [fetchPage, endTask("read")],
  });
  const sql = treeSqlOf(trial);
  const before = await trial.submit({ task: "other", agent: "worker" });
  expect(sql.isTainted(before.id)).toBe(false);
  const tree = await trial.ended((await work(trial, "root")).id);
  expect(sql.isTainted(tree.id)).toBe(true);
  await sql.close();
});
