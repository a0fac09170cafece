/** Where the gates work: on copies in a temporary folder, with a sandbox. Nothing is left behind. */
import path from "node:path";
import { openBlobs } from "@/gates/source/blobs";
import { findRepository } from "@/gates/source/repository";
import type { SidePlace } from "@/gates/source/sides";
import type { SandboxPort } from "@/lib/sandbox/port";
import { createSandbox, type SandboxOptions } from "@/lib/sandbox/sandbox";
import { temporaryFolder } from "@/lib/sandbox/temporary";

export interface Workplace extends SidePlace {
  sandbox: SandboxPort;
}

/**
 * Opens the repository that `folder` is in, and cleans up after the work. Throws a `GatesError` where there is none. The
 * sandbox tests itself without `tested`.
 */
export async function withWorkplace<Result>(
  folder: string,
  work: (place: Workplace) => Promise<Result>,
  { tested }: Pick<SandboxOptions, "tested"> = {},
): Promise<Result> {
  const repository = findRepository(folder);
  // The next run removes the leftovers of a run that was killed.
  const temporary = temporaryFolder();
  const dir = temporary.path();
  const sandbox = createSandbox(tested && { tested });
  try {
    return await work({ repository, blobs: openBlobs(path.join(dir, "blobs")), dir, sandbox });
  } finally {
    sandbox.close();
    temporary.remove();
  }
}
