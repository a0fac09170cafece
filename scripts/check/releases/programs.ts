/** Starts the command line and the worker of a release, as processes on a data folder. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { PATIENT } from "@/tests/agents/patient";
import { bundle, ENTRIES } from "../../build.mjs";

/** A release with its programs built. */
export interface Release {
  name: "base" | "change";
  root: string;
  /** The folder of the built programs. */
  programs: string;
  /** Deletes the built programs. */
  remove(): void;
}

export interface Ended {
  status: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

export interface Started {
  child: ChildProcess;
  /** Resolves when standard output contains the text, or the process has ended. */
  said(text: string): Promise<void>;
  ended: Promise<Ended>;
}

const RUN = `const [file, ...argv] = process.argv.slice(1);
const status = await (await import(file)).main(argv);
if (typeof status === "number") process.exitCode = status;`;

/** Builds the command line and the server in a new folder of the release, so that two builds do not touch each other. */
export async function buildRelease(name: Release["name"], root: string): Promise<Release> {
  const dist = path.join(root, "dist");
  mkdirSync(dist, { recursive: true });
  const programs = mkdtempSync(path.join(dist, "release-gate-"));
  const release = { name, root, programs, remove: () => rmSync(programs, { recursive: true, force: true }) };
  const { server, banyan } = ENTRIES;
  try {
    await bundle(root, { server, banyan }, programs);
    return release;
  } catch (error) {
    release.remove();
    throw error;
  }
}

/** `home` is for keys and anchors, so that those of the account are not used. */
export function startProgram(
  release: Release,
  program: "banyan" | "server",
  args: readonly string[],
  { home, providerUrl, more = {} }: { home: string; providerUrl: string; more?: Record<string, string> },
): Started {
  mkdirSync(home, { recursive: true });
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    XDG_CONFIG_HOME: home,
    NODE_ENV: "production" as const,
    ANTHROPIC_API_KEY: "test-key",
    ANTHROPIC_BASE_URL: providerUrl,
    ...PATIENT,
    ...more,
  };
  const file = path.join(release.programs, `${program}.mjs`);
  const child = spawn(process.execPath, ["--input-type=module", "-e", RUN, "--", file, ...args], {
    cwd: release.root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  const checks = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
      for (const check of checks) check();
    });
  }
  const ended = new Promise<Ended>((resolve) =>
    child.once("close", (status, signal) => resolve({ status, signal, ...output })),
  );
  const said = (text: string) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (!output.stdout.includes(text)) return;
        checks.delete(check);
        resolve();
      };
      checks.add(check);
      void ended.then(() => resolve());
      check();
    });
  return { child, said, ended };
}
