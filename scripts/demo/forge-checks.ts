/** The checks of the demonstration's forge: they run on the newest commit of each open pull request. */
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ForgeServer } from "@/tests/forges/forge-server";

const LOOK_MS = 500;
const MOST_CHECK_MS = 60_000;

/** Only what the demonstration itself wrote runs here, so it needs no sandbox. `tell` is called after each check. */
export function startChecks(
  forge: ForgeServer,
  { command, folder, tell }: { command: string; folder: string; tell(): void },
): { stop(): Promise<void> } {
  const seen = new Set<string>();
  let last: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    for (const { open, pull } of forge.issues) {
      const head = open && pull ? headOf(forge, pull.branch) : null;
      if (head === null || seen.has(head)) continue;
      seen.add(head);
      last = last.then(() => check(forge, { head, command, folder: join(folder, head) })).then(tell);
    }
  }, LOOK_MS);
  return {
    async stop() {
      clearInterval(timer);
      await last;
    },
  };
}

async function check(
  forge: ForgeServer,
  { head, command, folder }: { head: string; command: string; folder: string },
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync("sh", ["-c", 'git -C "$0" archive "$1" | tar -x -C "$2"', forge.bare, head, folder]);
    const options = { cwd: folder, timeout: MOST_CHECK_MS };
    const summary = await promisify(execFile)("sh", ["-c", command], options).then(
      ({ stdout }) => ({ conclusion: "success" as const, summary: stdout }),
      (error: { stdout?: string }) => ({ conclusion: "failure" as const, summary: error.stdout ?? String(error) }),
    );
    forge.checks.set(head, [{ name: command, ...summary }]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function headOf({ bare }: ForgeServer, branch: string): string | null {
  try {
    return execFileSync("git", ["-C", bare, "rev-parse", "--verify", "--quiet", `refs/heads/${branch}`], {
      encoding: "utf8",
    }).trim();
  } catch {
    return null;
  }
}
