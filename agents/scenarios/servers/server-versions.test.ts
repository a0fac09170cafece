/** Added servers of different versions of the protocol, from the file of a person to the call of an agent. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { misbehavingServer, modernServerIn, temporaryFolder } from "@/lib/mcp/testing/places";
import { call, endTask } from "@/tests/agents/replies";
import { requestsOf, resultsIn, runRoot, tester, trialsOfThisFile } from "@/tests/agents/scenario";
import { changeAgent } from "@/tests/agents/world-tool";

const startTrial = trialsOfThisFile();

test("a server of 2026 and an older one that ends when it is asked are added, and an agent calls both", async () => {
  const config = mkdtempSync(path.join(tmpdir(), "banyan-config-"));
  const programs = temporaryFolder();
  onTestFinished(() => {
    rmSync(config, { recursive: true, force: true });
    programs.remove();
  });
  const calls = [call("modern__echo", { text: "new" }), call("older__echo", { text: "old" }), endTask("done")];
  const script = { root: ({ turn }: { turn: number }) => calls[turn] ?? endTask("no") };
  const trial = await startTrial(script, { env: { BANYAN_KEY_FILE: path.join(config, "keys.json") } });
  const entry = ({ command, args }: { command: string; args: unknown[] }) => ({ command, args });
  const file = JSON.stringify({
    mcpServers: {
      modern: entry(await modernServerIn(programs.path)),
      older: entry(misbehavingServer(programs.path, "exit-before-initialize")),
    },
  });
  const { commands } = trial.runtime.application;
  const done = await commands.importServers({ text: file }, tester);
  expect(done.servers).toMatchObject([
    { name: "modern", problem: null },
    { name: "older", problem: null },
  ]);
  await changeAgent(trial, "worker", { tools: ["modern", "older"] });
  expect((await runRoot(trial)).status).toBe("succeeded");
  const results = requestsOf(trial, "root").map(resultsIn);
  expect(results.slice(1, 3)).toEqual([["new"], ["old"]]);
  expect(readdirSync(path.join(trial.dataDir, "mcp", "eras"))).not.toEqual([]);
});
