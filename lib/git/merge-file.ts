/** Merges three versions of one text, as git does for a file that both sides changed. */
import { spawn } from "node:child_process";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { removeTree } from "@/lib/workspace/remove-tree";
import { GitError, trustedEnvironment } from "./run";

const NAMES = ["yours", "made before", "made now"] as const;
/** Git answers the number of conflicts, and from here on a failure. */
const FAILED = 128;

export interface MergedText {
  text: string;
  /** Whether parts are marked that both sides changed differently. */
  hasConflicts: boolean;
}

/** Throws a `GitError`. */
export async function mergeTexts(mine: string, base: string, theirs: string): Promise<MergedText> {
  const folder = await mkdtemp(path.join(tmpdir(), "banyan-merge-"));
  try {
    const files = [mine, base, theirs].map((text, index) => ({ text, file: path.join(folder, String(index)) }));
    for (const { text, file } of files) await writeFile(file, text);
    const labels = NAMES.flatMap((name) => ["-L", name]);
    return await run(folder, ["merge-file", "-p", "-q", ...labels, ...files.map(({ file }) => file)]);
  } finally {
    await removeTree(folder);
  }
}

function run(folder: string, args: string[]): Promise<MergedText> {
  return new Promise((resolve, reject) => {
    const env = trustedEnvironment(path.join(folder, "none")) as unknown as NodeJS.ProcessEnv;
    const child = spawn("git", args, { cwd: folder, env, stdio: ["ignore", "pipe", "ignore"] });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.once("error", (error) => reject(new GitError(`git could not be started: ${error.message}`)));
    child.once("close", (status) => {
      if (status === null || status >= FAILED) reject(new GitError("git could not merge the file."));
      else resolve({ text: Buffer.concat(chunks).toString("utf8"), hasConflicts: status > 0 });
    });
  });
}
