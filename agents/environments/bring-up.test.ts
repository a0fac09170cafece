/** Which files an environment starts with, when somebody asks for newer ones meanwhile, and a stop while it starts. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import type { StoredEnvironment } from "@/db/environments/environments";
import type { StoredProject } from "@/db/projects/projects";
import { bringUp } from "./bring-up";
import { type EnvironmentSources, foldersOf } from "./sources";

test("a newer commit that is asked for while an environment restarts is the one that it starts with", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "banyan-bring-up-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  mkdirSync(foldersOf(dataDir, "one").files, { recursive: true });
  const row = { uid: "one", state: "waiting", commit: "old", branch: null, pull: null } as StoredEnvironment;
  const states: string[] = [];
  const environments = {
    get: () => ({ ...row }),
    async set(_uid: string, from: readonly string[], { state }: Pick<StoredEnvironment, "state">) {
      // As `renew` does just before the first change of it.
      if (states.length === 0) Object.assign(row, { commit: null, branch: "newer" });
      if (!from.includes(row.state)) return false;
      states.push(state);
      row.state = state;
      return true;
    },
  };
  const sources = {
    dataDir,
    store: { environments },
    security: { redactor: { redactStream: () => ({ push: (text: string) => text, end: () => "" }) } },
    openRepository({ branch }: { branch: string | null }) {
      // A kill here leaves no folder of half of the files.
      states.push(`files: ${existsSync(foldersOf(dataDir, "one").files)}`);
      return Promise.reject(new Error(`prepares ${branch}`));
    },
  } as unknown as EnvironmentSources;
  const project = { address: "/repository", branch: "main", setup: null } as StoredProject;
  const { signal } = new AbortController();
  const beforeFiles = async () => void states.push("before files");
  await expect(bringUp(sources, "one", project, { signal, beforeFiles })).rejects.toThrow("prepares newer");
  expect(states).toEqual(["starting", "preparing", "before files", "files: false"]);
});

test("a stop ends a service that does not listen yet", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "banyan-bring-up-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const { files } = foldersOf(dataDir, "one");
  mkdirSync(files, { recursive: true });
  chmodSync(files, 0o755);
  const ending = new AbortController();
  let started = 0;
  let killed = 0;
  const sandbox = {
    status: async () => ({ available: true }),
    async start() {
      started += 1;
      if (started === 2) setImmediate(() => ending.abort(new Error("The server stops.")));
      const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
      const kill = async () => {
        killed += 1;
      };
      return { stdin, stdout, stderr, ended: new Promise(() => {}), kill };
    },
  };
  const row = { uid: "one", commit: "a", branch: null, pull: null, command: "sleep 1000", secrets: {} };
  const sources = {
    dataDir,
    sandbox,
    store: { environments: { get: () => row, set: async () => true } },
    security: { redactor: { redactStream: () => ({ push: (text: string) => text, end: () => "" }) } },
  } as unknown as EnvironmentSources;
  const project = { address: "/repository", branch: "main", setup: null } as StoredProject;
  const given = { signal: ending.signal, beforeFiles: async () => {} };
  await expect(bringUp(sources, "one", project, given)).rejects.toThrow("The server stops.");
  expect([started, killed]).toEqual([2, 2]);
}, 10_000);
