import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { bundleProgram } from "@/tests/agents/bundle";
import type { Snapshot, SnapshotLimits, SnapshotStore, TakeRequest } from "../port";
import { createSnapshotStore } from "../store";

/** A store, a folder to take snapshots of, and a folder outside it, all in a temporary place. */
export interface Trial {
  base: string;
  folder: string;
  outside: string;
  dir: string;
  gitDir: string;
  store: SnapshotStore;
  /** Takes a snapshot of the folder under a new label. */
  take(previous: string | null, more?: Partial<TakeRequest>): Promise<Snapshot>;
  /** Checks a snapshot out into a new folder, and describes it. */
  contents(commit: string): Promise<Record<string, string>>;
  put(file: string, content?: string | Buffer, mode?: number): void;
  git(...args: string[]): string;
}

export function createTrial(limits: Partial<SnapshotLimits> = {}): Trial {
  const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "banyan-snapshots-")));
  const [folder, outside, dir] = ["work", "outside", "data"].map((name) => path.join(base, name)) as [
    string,
    string,
    string,
  ];
  fs.mkdirSync(folder);
  fs.mkdirSync(outside);
  const store = createSnapshotStore({ dir, limits });
  const gitDir = path.join(dir, "store.git");
  let count = 0;
  return {
    base,
    folder,
    outside,
    dir,
    gitDir,
    store,
    take(previous, more = {}) {
      count += 1;
      return store.take({ tree: "tree", folder, label: `s${count}`, previous, hiddenPaths: [], ...more });
    },
    async contents(commit) {
      count += 1;
      const copy = path.join(base, `copy-${count}`);
      await store.checkOut(commit, copy);
      return describeFolder(copy);
    },
    put(file, content = file, mode = 0o644) {
      const target = path.join(folder, file);
      fs.mkdirSync(path.dirname(target), { recursive: true });
      fs.writeFileSync(target, content);
      fs.chmodSync(target, mode);
    },
    git: (...args) => execFileSync("git", ["--git-dir", gitDir, ...args], { encoding: "utf8", stdio: "pipe" }).trim(),
  };
}

export async function endTrial(trial: Trial): Promise<void> {
  await trial.store.close();
  fs.rmSync(trial.base, { recursive: true, force: true });
}

/** Path => description: contents, whether it is executable, a link's target. Only empty folders are listed. */
export function describeFolder(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (relative: string) => {
    const names = fs.readdirSync(path.join(folder, relative)).sort();
    if (names.length === 0 && relative !== "") found[`${relative}/`] = "empty";
    for (const name of names) {
      const below = relative === "" ? name : `${relative}/${name}`;
      const absolute = path.join(folder, below);
      const stat = fs.lstatSync(absolute);
      if (stat.isDirectory()) visit(below);
      else if (stat.isSymbolicLink()) found[below] = `-> ${fs.readlinkSync(absolute)}`;
      else found[below] = `${stat.mode & 0o100 ? "x " : ""}${shortly(fs.readFileSync(absolute))}`;
    }
  };
  visit("");
  return found;
}

function shortly(content: Buffer): string {
  return content.length < 200 ? content.toString("latin1") : createHash("sha256").update(content).digest("hex");
}

/** Returns git's name of a content. */
export function blobOf(content: string | Buffer): string {
  const bytes = Buffer.from(content);
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

/** Runs JavaScript in a separate process; it gets the arguments as `process.argv.slice(1)`. */
export function startScript(script: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, ["-e", script, ...args], { stdio: ["pipe", "pipe", "inherit"] });
}

/** Takes snapshots in a separate process, and prints each commit; see take-main.ts. */
export async function startTaking(request: {
  dir: string;
  folder: string;
  tree: string;
  times: number;
}): Promise<ChildProcess> {
  const program = await bundleProgram("lib/snapshots/testing/take-main.ts");
  return spawn(process.execPath, [...program, JSON.stringify(request)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

export async function endedWith(child: ChildProcess): Promise<string> {
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  await once(child, "close");
  return output;
}

export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}
