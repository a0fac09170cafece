/** Reads the code that an agent proposes from its workspace, and tests it in a copy that holds nothing else. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { ProposedCode } from "@/agents/tools/contract/control";
import { giveToTools } from "@/lib/process/tools-identity";
import type { SandboxPort } from "@/lib/sandbox/port";
import { WorkspaceError, type WorkspaceView } from "@/lib/workspace/path";
import { readFolder } from "@/lib/workspace/read-folder";

/** A person reads the code before approving it, and nobody reads more than this. */
const MOST_FILES = 100;
const MOST_BYTES = 512 * 1024;
const TEST_MS = 120_000;
/** Time limit for reading and testing together. */
export const PROPOSED_CODE_MS = TEST_MS + 60_000;
const SHOWN_CHARS = 4_000;

/** Returns the files with the test's result, or a problem as a sentence for the agent. Rejects only when aborted. */
export async function proposedCode(
  view: WorkspaceView,
  folder: string,
  test: string,
  { sandbox, cacheDir, signal }: { sandbox: SandboxPort; cacheDir: string; signal: AbortSignal },
): Promise<ProposedCode> {
  let files: Record<string, string>;
  try {
    files = await readFolder(view, folder, { maxFiles: MOST_FILES, maxBytes: MOST_BYTES, signal });
  } catch (error) {
    if (error instanceof WorkspaceError) return { problem: error.message };
    throw error;
  }
  if (Object.keys(files).length === 0) return { problem: `The folder ${JSON.stringify(folder)} has no files.` };
  const status = await sandbox.status();
  if (!status.available) return { files, tested: `Not tested by the host: ${status.reason}` };
  await mkdir(cacheDir, { recursive: true, mode: 0o700 });
  const copy = await mkdtemp(path.join(cacheDir, "proposed-"));
  try {
    await writeFiles(copy, files);
    const run = await sandbox.run({ command: test, workspace: copy, hiddenPaths: [], timeoutMs: TEST_MS, signal });
    signal.throwIfAborted();
    const output = `${run.stdout}${run.stderr}`.slice(-SHOWN_CHARS);
    if (run.exitStatus !== 0) {
      const how = run.endedBy ? `was stopped (${run.endedBy})` : `failed with exit status ${run.exitStatus}`;
      return { problem: `Not proposed: the test ${how} in a clean copy of the folder. Its output:\n${output}` };
    }
    return { files, tested: `The host ran the test (${test}) in a clean copy: it passed.\n${output}` };
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

/** Writes files, by the paths that `readFolder` gave. Also used for the folder that an approved server starts from. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  giveToTools(folder);
  for (const [name, content] of Object.entries(files)) {
    const target = path.join(folder, name);
    if (!target.startsWith(`${folder}${path.sep}`))
      throw new Error(`The file ${JSON.stringify(name)} is outside its folder.`);
    await mkdir(path.dirname(target), { recursive: true, mode: 0o755 });
    await writeFile(target, content, { mode: 0o644 });
  }
}
