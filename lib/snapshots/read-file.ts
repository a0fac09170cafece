import fs from "node:fs";
import { childOf, errorCode } from "../workspace/open";
import { blobName } from "./entries";
import { LARGE_FILE_BYTES } from "./repository";

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
const ATTEMPTS = 3;
/**
 * On file systems with coarse clocks, a file that changed this recently before it was read may change again with the
 * same time stamp. Its signature proves nothing, so it is read again next time.
 */
const FRESH_MS = 2000;

/** Receives contents. */
export interface ContentSink {
  /** Copies the content immediately, and resolves when the next content may come. */
  small(content: Buffer, oid: string): Promise<void> | void;
  /**
   * Reads the open file from its start, and returns the name of its content. Throws when the file was truncated
   * meanwhile.
   */
  large(fd: number): Promise<string>;
}

export type ReadFile =
  | { kind: "read"; oid: string; executable: boolean; sizeBytes: number; signature: string }
  | { kind: "torn" }
  /** Gone, or no longer a regular file; the next walk checks the name again. */
  | { kind: "gone" }
  | { kind: "refused"; why: string };

export function signatureOf(stat: fs.BigIntStats): string {
  return `${stat.mode} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs} ${stat.ino}`;
}

/** Returns the signature to store for a file that was read from `beganMs` on. */
export function lastingSignature(stat: fs.BigIntStats, beganMs: number): string {
  return Number(stat.ctimeNs / 1_000_000n) > beganMs - FRESH_MS ? "" : signatureOf(stat);
}

/**
 * Reads a file of an open folder until it did not change during a read. `known` is content that need not be stored;
 * `refuse` returns a reason not to read the opened file.
 */
export async function readStable(
  directoryFd: number,
  name: string,
  sink: ContentSink,
  known: string | undefined,
  refuse: (stat: fs.BigIntStats) => string | null,
): Promise<ReadFile> {
  let fd: number;
  try {
    fd = fs.openSync(childOf(directoryFd, name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    const code = errorCode(error);
    if (code === "EACCES" || code === "EPERM")
      return { kind: "refused", why: "the server has no permission to read it" };
    if (["ENOENT", "ELOOP", "ENXIO", "ENODEV", "ENOTDIR"].includes(code)) return { kind: "gone" };
    return { kind: "refused", why: `it could not be opened (${code || String(error)})` };
  }
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const beganMs = Date.now();
      const before = fs.fstatSync(fd, { bigint: true });
      if (!before.isFile()) return { kind: "gone" };
      const why = refuse(before);
      if (why) return { kind: "refused", why };
      const oid = await storeOnce(fd, before, sink, known);
      if (oid === null) continue;
      return {
        kind: "read",
        oid,
        executable: (before.mode & 0o100n) !== 0n,
        sizeBytes: Number(before.size),
        signature: lastingSignature(before, beganMs),
      };
    }
    return { kind: "torn" };
  } catch (error) {
    if (errorCode(error) === "EIO") return { kind: "refused", why: "the disk could not read it" };
    throw error;
  } finally {
    fs.closeSync(fd);
  }
}

/** Returns null when the file changed meanwhile. */
async function storeOnce(
  fd: number,
  before: fs.BigIntStats,
  sink: ContentSink,
  known?: string,
): Promise<string | null> {
  const isUnchanged = () => signatureOf(fs.fstatSync(fd, { bigint: true })) === signatureOf(before);
  const sizeBytes = Number(before.size);
  if (sizeBytes > LARGE_FILE_BYTES) {
    try {
      const oid = await sink.large(fd);
      return isUnchanged() ? oid : null;
    } catch (error) {
      if (isUnchanged()) throw error;
      return null;
    }
  }
  const content = readWhole(fd, sizeBytes);
  if (!content || !isUnchanged()) return null;
  const oid = blobName(content);
  if (oid !== known) await sink.small(content, oid);
  return oid;
}

/** Small files share one buffer, because the sink copies before anything is awaited, and so before the next read. */
const scratch = Buffer.allocUnsafe(64 * 1024);

/** Returns null when the file's size has changed. */
function readWhole(fd: number, sizeBytes: number): Buffer | null {
  const buffer = sizeBytes < scratch.length ? scratch : Buffer.allocUnsafe(sizeBytes + 1);
  let done = 0;
  while (done <= sizeBytes) {
    const length = fs.readSync(fd, buffer, done, sizeBytes + 1 - done, done);
    if (length === 0) break;
    done += length;
  }
  return done === sizeBytes ? buffer.subarray(0, sizeBytes) : null;
}
