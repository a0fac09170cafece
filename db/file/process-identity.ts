/** Identifies a process on this machine, as lib/process/identity.ts reads it. */
export interface ProcessIdentity {
  pid: number;
  pidNamespace: string;
  /** The kernel's start time of the process, which distinguishes it from a later process with the same id. */
  processStart: string;
  bootId: string;
  /** The launcher's folder, the number of its launch, and the release; null without a launcher. */
  launch: { home: string; number: number; release: number } | null;
}
