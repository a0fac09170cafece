/** `--json` prints what the HTTP API answers for the same. */
import { expect, onTestFinished, test } from "vitest";
import { guarded } from "@/agents/guard/guard";
import { ownerCalled } from "@/core/rules/roles";
import type { Page } from "@/core/shapes/shapes";
import { banyan, buildPrograms, dataFolder } from "@/scripts/testing/command-line";
import { handleApi } from "@/server/http/v1/handle";
import { startTrial } from "@/tests/agents/trial";
import { putGateRuns } from "@/tests/put-gate-runs";

buildPrograms();

test("lists and entries have one shape, and a list that goes on says where", async () => {
  const trial = await startTrial({ work: false });
  onTestFinished(() => trial.close());
  const config = dataFolder();
  const call = (...args: string[]) => banyan([...args, "--data", trial.dataDir], { env: { XDG_CONFIG_HOME: config } });
  const printed = async (line: string) => JSON.parse((await call(...line.split(" "), "--json")).stdout) as object;
  const answered = async (line: string) => {
    const { pathname, searchParams: query } = new URL(line, "http://localhost/");
    const path = pathname.split("/").filter(Boolean);
    const app = guarded(trial.runtime.application, ownerCalled("anna"));
    const { body } = await handleApi(app, { method: "GET", path, query, body: undefined });
    return JSON.parse(JSON.stringify(body)) as object;
  };
  const { root_task_id: task } = await trial.submit({ task: "Look", agent: "worker" });
  for (const evidence of ["one", "two", "three"])
    await trial.runtime.store.interventions.add(task, { rule: "no_progress", action: "nudge", evidence });
  const runs = putGateRuns(trial.dataDir, 51);
  const [oldest = ""] = runs.slice(-1);
  const lines: [command: string, route: string][] = [
    ["runner list", "runners"],
    ["agents list", "agents"],
    ["agents show coder", "agents/coder"],
    ["documents list", "documents"],
    ["lessons --limit 3", "lessons?limit=3"],
    ["lessons --limit 3 --after 3", "lessons?limit=3&after=3"],
    ["interventions --limit 2", "interventions?limit=2"],
    ["interventions --limit 2 --after 2", "interventions?limit=2&after=2"],
    ["gate-runs", "gate-runs?limit=50"],
    ["gate-runs --after 50", "gate-runs?limit=50&after=50"],
    [`gate-runs ${oldest.slice(0, 8)}`, `gate-runs/${oldest}`],
  ];
  for (const [command, route] of lines) expect.soft(await printed(command), command).toEqual(await answered(route));
  const documents = (await answered("documents")) as Page<{ name: string }>;
  const name = documents.items[0]?.name ?? "";
  expect.soft(await printed(`documents show ${name}`)).toEqual(await answered(`documents/${name}`));
  expect.soft(await printed("backup --list")).toEqual({
    ...(await answered("backups")),
    free_bytes: expect.any(Number),
  });
  expect.soft(await printed("interventions --limit 2")).toMatchObject({ items: [{}, {}], next: "2" });
  expect.soft(await printed("interventions --limit 3")).toMatchObject({ items: [{}, {}, {}], next: null });
  expect.soft((await call("gate-runs")).stderr).toContain("More runs: add --after 50");
});
