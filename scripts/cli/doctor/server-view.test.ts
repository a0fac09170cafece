/** `doctor` beside a running server: what the server finds counts, and it says how this terminal differs. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { banyan, buildPrograms, dataFolder } from "@/scripts/testing/command-line";
import { kill, seededFolder, startKillable } from "@/scripts/testing/killable-server";
import type { Finding } from "./finding";
import { serverFinding } from "./server-view";

buildPrograms();

/** Returns a search path with this program on it, besides that of the tests. */
function pathWith(program: string): string {
  const folder = path.join(dataFolder(), "bin");
  mkdirSync(folder);
  writeFileSync(path.join(folder, program), "#!/bin/sh\n");
  chmodSync(path.join(folder, program), 0o755);
  return `${folder}:${process.env.PATH}`;
}

async function checksOf(data: string, env: Record<string, string>): Promise<Record<string, Finding>> {
  const { stdout } = await banyan(["doctor", "--data", data, "--json"], { env });
  const { checks } = JSON.parse(stdout) as { checks: Finding[] };
  return Object.fromEntries(checks.map((check) => [check.name, check]));
}

test("coding agents and models are as the running server finds them, and the difference is said", async () => {
  const data = await seededFolder();
  const server = await startKillable(data, { PATH: pathWith("codex-acp"), OPENAI_API_KEY: "sk-of-the-server" });
  const env = { PATH: pathWith("gemini"), GEMINI_API_KEY: "key-of-the-terminal" };
  const beside = await checksOf(data, env);
  expect(beside["Coding agent codex"]).toMatchObject({ mark: "ok", text: expect.stringContaining("OpenAI") });
  expect(beside["Coding agent gemini"]).toMatchObject({ mark: "off", text: expect.stringContaining("not installed") });
  expect(beside.Models?.text).toContain("openai");
  const { mark, text } = beside.Server ?? {};
  expect(mark).toBe("warn");
  expect(text).toMatch(/^It runs at http:\S+ \(process \d+\)\. Coding agents and models are as it finds them\. /);
  expect(text).toMatch(/Only this terminal has access to google and Gemini CLI \(\S+\/gemini\)\./);
  expect(text).toMatch(/Only the server has access to openai and Codex \(\S+\/codex-acp\)\./);
  // It is asked with a token that the next call uses again.
  const token = () => readFileSync(path.join(data, "doctor/token-viewer.json"), "utf8");
  const first = token();
  await checksOf(data, env);
  expect(token()).toBe(first);

  await kill(server);
  const alone = await checksOf(data, env);
  expect(alone.Server).toMatchObject({
    mark: "off",
    text: "None runs. Coding agents, models and the sandbox are as this terminal finds them.",
  });
  expect(alone["Coding agent gemini"]?.mark).toBe("ok");
  expect(alone["Coding agent codex"]?.mark).toBe("off");
}, 120_000);

test("a server that does not answer is named, and what this terminal finds is shown", () => {
  const here = { agents: [], models: [], defaultModel: "runbook", hasTerminal: true };
  expect(serverFinding({ kind: "silent", url: "http://127.0.0.1:3000", why: "fetch failed" }, here)).toMatchObject({
    mark: "warn",
    text: expect.stringContaining(
      "could not be asked: fetch failed. Coding agents, models and the sandbox are as this",
    ),
  });
});
