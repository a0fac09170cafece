/** Reads the code that an agent proposes from its workspace, and tests it in a room that holds nothing else. */
import type { ProposedCode } from "@/agents/tools/contract/control";
import type { Workplace } from "@/lib/workplace/port";
import { WorkspaceError } from "@/lib/workspace/path";

/** A person reads the code before approving it, and nobody reads more than this. */
const MOST_FILES = 100;
const MOST_BYTES = 512 * 1024;
const TEST_MS = 120_000;
/** Time limit for reading and testing together. */
export const PROPOSED_CODE_MS = TEST_MS + 60_000;
const OUTPUT_BYTES = 1024 * 1024;
const SHOWN_CHARS = 4_000;

/** Returns the files with the test's result, or a problem as a sentence for the agent. Rejects only when aborted. */
export async function proposedCode(
  { files: folderFiles, commands, room: roomNamed, folder: { task } }: Workplace,
  folder: string,
  test: string,
  signal: AbortSignal,
): Promise<ProposedCode> {
  let files: Record<string, string>;
  try {
    files = await folderFiles.readFolder(folder, { maxFiles: MOST_FILES, maxBytes: MOST_BYTES }, signal);
  } catch (error) {
    if (error instanceof WorkspaceError) return { problem: error.message };
    throw error;
  }
  if (Object.keys(files).length === 0) return { problem: `The folder ${JSON.stringify(folder)} has no files.` };
  const status = await commands.status();
  if (!status.available) return { files, tested: `Not tested by the host: ${status.reason}` };
  const room = roomNamed(`proposed-${task}`);
  try {
    await room.fill(files);
    const run = await room.run({ command: test, timeoutMs: TEST_MS, maxOutputBytes: OUTPUT_BYTES }, { signal });
    signal.throwIfAborted();
    const output = `${run.stdout}${run.stderr}`.slice(-SHOWN_CHARS);
    if (run.exitStatus !== 0) {
      const how = run.endedBy ? `was stopped (${run.endedBy})` : `failed with exit status ${run.exitStatus}`;
      return { problem: `Not proposed: the test ${how} in a clean copy of the folder. Its output:\n${output}` };
    }
    return { files, tested: `The host ran the test (${test}) in a clean copy: it passed.\n${output}` };
  } finally {
    await room.remove();
  }
}
