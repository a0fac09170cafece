/** `upgrade`: takes the newest version of the checkout's branch, and lets the running server hand over to it. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { commitOf } from "@/agents/boot/commit";
import { isPackaged } from "@/lib/places";
import type { Context, Flags } from "@/scripts/cli/context/context";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";
import { upgradePackage } from "./upgrade-package";

/** How scripts/restart.mjs ends when no server runs. */
const NONE_RUNS = 3;

export async function upgrade(
  context: Context,
  [version]: readonly (string | undefined)[],
  flags: Flags,
): Promise<number> {
  if (isPackaged()) return upgradePackage(context, version, flags.data !== undefined);
  if (version !== undefined)
    throw new UsageError(
      `A clone takes the newest commit of its branch: leave out ${version}, or check it out with git.`,
    );
  const { checkout, settings } = context;
  const before = clonedCommit(checkout);
  pull(checkout);
  const after = clonedCommit(checkout);
  const pulled =
    before === after
      ? `The checkout is up to date (${after.slice(0, 10)}).`
      : `The checkout is at ${after.slice(0, 10)} now (before: ${before.slice(0, 10)}).`;
  // Even without a new commit: the server may run an older build of this commit.
  const { status } = spawnSync(
    process.execPath,
    [join(checkout, "scripts", "restart.mjs"), "--data", settings.dataDir],
    {
      cwd: checkout,
      // Standard output belongs to this command.
      stdio: ["ignore", 2, 2],
    },
  );
  const isRunning = status !== NONE_RUNS;
  if (isRunning && status !== 0) return status ?? 1;
  const sentence = isRunning ? pulled : `${pulled} No server runs: \`npm start\` builds and starts it.`;
  if (context.json) printJson({ sentence, before, after, restarted: isRunning });
  else print(sentence);
  return 0;
}

function clonedCommit(checkout: string): string {
  const commit = commitOf(checkout);
  if (commit !== null) return commit;
  throw new UsageError(
    `${checkout} is not a git clone: replace its files with those of the new version, then run ./restart.sh.`,
  );
}

/** Fast-forward only: a merge of your own commits is left to you. */
function pull(checkout: string): void {
  const args = ["-C", checkout, "pull", "--ff-only", "--quiet"];
  const { status, stderr } = spawnSync("git", args, { encoding: "utf8", stdio: ["inherit", "pipe", "pipe"] });
  if (status === 0) return;
  const lines = stderr.trim().split("\n");
  throw new UsageError(
    `git could not pull in ${checkout}: ${lines.join(" ")} Nothing was restarted. Mend this, then try again.`,
  );
}
