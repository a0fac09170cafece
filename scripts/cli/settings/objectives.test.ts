/** The command line, the HTTP API and the query of the page tell the same objectives, of what the server has counted. */
import { expect, onTestFinished, test } from "vitest";
import { guarded } from "@/agents/guard/guard";
import { ownerCalled } from "@/core/rules/roles";
import { banyan, buildPrograms, dataFolder } from "@/scripts/testing/command-line";
import { handleApi } from "@/server/http/v1/handle";
import { startTrial } from "@/tests/agents/trial";

buildPrograms();

test("objectives are the same everywhere, and honest before anything was counted", async () => {
  const trial = await startTrial({ work: false });
  onTestFinished(() => trial.close());
  const app = guarded(trial.runtime.application, ownerCalled("tester"));
  const env = { XDG_CONFIG_HOME: dataFolder() };
  const run = async (...args: string[]) =>
    (await banyan(["objectives", ...args, "--data", trial.dataDir], { env })).stdout;
  expect(await run()).toMatch(/^Nothing counted yet\.\n {2}Requests +Nothing measured yet +99\.5 % wanted +Unknown\n/);

  const labels = JSON.stringify(["openai", "gpt", "ok"]);
  const call = { name: "banyan_model_call_duration_seconds", up_to_ms: 1_000, sum: 1 };
  await trial.runtime.store.measurements.work.add([
    { ...call, labels, events: 199 },
    { ...call, labels: labels.replace("ok", "failed"), events: 1 },
  ]);
  const found = await app.queries.getObjectives();
  expect(found.items[2]).toMatchObject({ name: "models", events: 200, good: 199, share: 0.995 });
  const request = { method: "GET", path: ["objectives"], query: new URLSearchParams(), body: undefined };
  expect(await handleApi(app, request)).toMatchObject({ status: 200, body: found });
  expect(JSON.parse(await run("--json"))).toEqual(found);
  expect(await run()).toMatch(/99\.5 % of 200 +98 % wanted +75 % left \(1 failed call, 4 allowed\)/);
});
