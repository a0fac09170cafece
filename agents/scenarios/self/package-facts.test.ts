/** What an approval of an install says about its packages: real npm, and a registry on this machine. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type HttpFixture, sendJson, startHttp } from "@/lib/mcp/testing/http-server";
import { call, endTask } from "@/tests/agents/replies";
import { tester, trialsOfThisFile, until } from "@/tests/agents/scenario";
import { changeAgent } from "@/tests/agents/world-tool";

const start = trialsOfThisFile();

let registry: HttpFixture;
let asked: string[];
let cache: string;

beforeEach(async () => {
  asked = [];
  cache = mkdtempSync(join(tmpdir(), "banyan-npm-"));
  registry = await startHttp((request, _body, response) => {
    asked.push(request.url ?? "");
    if (request.url !== "/left-pad") return sendJson(response, 404, { error: "Not found" });
    const dist = { tarball: `${registry.origin}/x.tgz`, fileCount: 11, unpackedSize: 3_200 };
    const version = { name: "left-pad", version: "2.0.1", license: "MIT", dist, _npmUser: { name: "lpad-team" } };
    const time = { "2.0.1": "2026-11-20T00:00:00Z" };
    sendJson(response, 200, {
      name: "left-pad",
      "dist-tags": { latest: "2.0.1" },
      time,
      versions: { "2.0.1": version },
    });
  });
  process.env.npm_config_registry = `${registry.origin}/`;
  process.env.npm_config_cache = cache;
});
afterEach(async () => {
  await registry.stop();
  rmSync(cache, { recursive: true, force: true });
});

const hostOf = () => new URL(registry.origin).host;

/** Starts a tree that asks for the command, and returns what an approver is told of its packages. */
async function told(command: string, { allowed = true, network = [hostOf()] } = {}) {
  const trial = await start(
    { root: [call("use_terminal", { command, network }), endTask("done")] },
    { env: { BANYAN_PRIVATE_HOSTS: hostOf(), ...(allowed && { BANYAN_ALLOWED_HOSTS: hostOf() }) } },
  );
  const { commands, queries } = trial.runtime.application;
  await changeAgent(trial, "worker", { tools: ["use_terminal"] });
  await commands.setToolPolicy({ id: "use_terminal", policy: "ask" }, tester);
  await trial.submit({ task: "root", agent: "worker" });
  const item = await until(async () => (await queries.listReviews({ open: true })).items[0] ?? false, "the call waits");
  const { found, problem } = await queries.lookAtPackages(item.id);
  return found ?? problem;
}

test("the registry's facts of each named package, and that it has none of another", async () => {
  expect(await told("npm install left-pad@^2 no-such-thing")).toMatchObject({
    host: hostOf(),
    left_out: 0,
    packages: [
      { spec: "left-pad@^2", found: { version: "2.0.1", published_by: "lpad-team", files: 11, license: "MIT" } },
      { spec: "no-such-thing", found: null },
    ],
  });
});

test("no registry is asked that the call does not reach, or the policy does not let tasks reach without asking", async () => {
  expect(await told("npm install left-pad", { network: [] })).toBe(
    `The call does not reach ${hostOf()}, so it installs nothing from there.`,
  );
  expect(await told("npm install left-pad", { allowed: false })).toBe(
    `Banyan may not ask ${hostOf()} without asking you, so it did not look.`,
  );
  expect(await told("npm install ./here")).toBe("The call names no package of npm's registry.");
  expect(asked).toEqual([]);
});
