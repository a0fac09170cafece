/** The probe of a release on trial, with really built pages: whole pages pass, and a broken page is noticed. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "@playwright/test";
import type { Walked } from "@/agents/self/walk";
import { brokenPages } from "@/launcher/trial-checks.mjs";
import { folderUnderTest } from "@/scripts/testing/under-test";
import { PATIENT } from "@/tests/agents/patient";
import { freePort } from "./real-server";

/** The parts of a release, apart from its packages. */
const PARTS = [".next", "dist", "drizzle", "public", "scripts", "seeds", "package.json", "next.config.ts"];
const OPERATIONS = ".next/server/app/(signed-in)/operations/page.js";

let folder: string;

test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "banyan-watched-"));
});

test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Makes a copy of the build, whose files may differ. */
function releaseOf(name: string): string {
  const release = join(folder, name);
  for (const part of PARTS) cpSync(join(folderUnderTest(), part), join(release, part), { recursive: true });
  symlinkSync(join(folderUnderTest(), "node_modules"), join(release, "node_modules"));
  return release;
}

/** Serves a release, and returns what the probe sees of its pages. */
async function lookedAt(release: string): Promise<Walked[]> {
  const data = `${release}-data`;
  const port = await freePort();
  const own = { BANYAN_DATA_DIR: data, BANYAN_CHECKOUT: release, XDG_CONFIG_HOME: `${data}-config`, PORT: port };
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: "production", ...PATIENT, ...own };
  const options = { cwd: release, env: env as NodeJS.ProcessEnv };
  const server = spawn(process.execPath, ["scripts/serve.mjs"], { ...options, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(server, "close");
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("exit", (status) => reject(new Error(`The server ended with ${status}.`)));
      createInterface({ input: server.stdout }).on("line", (line) => {
        if (line.includes("/signin?token=")) resolve();
      });
    });
    const probe = ["scripts/probe.mjs", "look", `http://127.0.0.1:${port}`];
    return JSON.parse(execFileSync(process.execPath, probe, { ...options, encoding: "utf8" })).pages;
  } finally {
    server.kill("SIGTERM");
    await ended;
  }
}

test("whole pages pass, and a page that answers 500 to people who have signed in is named", async () => {
  const whole = await lookedAt(releaseOf("whole"));
  expect(whole.map(({ name, status }) => `${name} ${status}`)).toEqual([
    "Home 200",
    "Reviews 200",
    "Operations 200",
    "the API 200",
    "the socket 200",
  ]);
  expect(brokenPages(whole)).toBeNull();
  const broken = releaseOf("broken");
  writeFileSync(join(broken, OPERATIONS), 'throw new Error("broken");');
  expect(brokenPages(await lookedAt(broken))).toMatch(/the release before it shows: Operations \(status 500\)$/);
});
