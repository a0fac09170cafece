/** Runs the conformance suite of the protocol against a server, and reads what it found. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { onTestFinished } from "vitest";

const SUITE = "node_modules/@modelcontextprotocol/conformance/dist/index.js";
const HOOK = "server/testing/conformance/glob-hook.mjs";
const SCENARIO_MS = 60_000;
/** The suite names a result's folder by role, scenario and time. */
const RESULT = /^server-(.+)-\d{4}-\d{2}-\d{2}T[\d-]+Z$/;

interface Check {
  id: string;
  status: "SUCCESS" | "FAILURE" | "WARNING" | "SKIPPED" | "INFO";
  errorMessage?: string;
}

export interface Found {
  /** How many checks have passed. */
  passed: number;
  /** `scenario:check` → what it says, of each check that did not pass. */
  failed: Record<string, string>;
}

/** Runs every scenario that a version of the protocol has, with those of its extensions. */
export async function runSuite(url: string, authorization: string, version: string): Promise<Found> {
  const folder = mkdtempSync(join(tmpdir(), "banyan-conformance-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const gate = await startGate(url, authorization);
  const given = ["--url", `${gate}/mcp`, "--requirements", version, "--timeout", String(SCENARIO_MS)];
  const args = ["--import", pathToFileURL(HOOK).href, SUITE, "server", ...given, "--output-dir", folder];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += chunk));
  await once(child, "close");
  const results = readdirSync(folder);
  if (results.length === 0) throw new Error(`The suite has run nothing:\n${said}`);
  const found: Found = { passed: 0, failed: {} };
  for (const name of results) {
    const checks = JSON.parse(readFileSync(join(folder, name, "checks.json"), "utf8")) as Check[];
    const scenario = RESULT.exec(name)?.[1] ?? name;
    for (const { id, status, errorMessage = "" } of checks) {
      if (status === "SUCCESS") found.passed += 1;
      if (status === "FAILURE" || status === "WARNING") found.failed[`${scenario}:${id}`] ??= errorMessage;
    }
  }
  return found;
}

/** The suite knows no tokens, so this adds one to each request and passes everything else on. */
async function startGate(url: string, authorization: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const gate = createServer((asked, answer) => {
    const headers = { ...asked.headers, authorization };
    const passed = request({ hostname, port, path: asked.url, method: asked.method, headers }, (given) => {
      answer.writeHead(given.statusCode ?? 500, given.headers);
      given.pipe(answer);
    });
    passed.on("error", () => answer.destroy());
    answer.on("close", () => passed.destroy());
    asked.pipe(passed);
  });
  gate.listen(0, "127.0.0.1");
  await once(gate, "listening");
  onTestFinished(() => {
    gate.closeAllConnections();
    gate.close();
  });
  return `http://127.0.0.1:${(gate.address() as AddressInfo).port}`;
}
