import { GitError } from "../git/run";
import { createPace } from "./entries";
import { type Git, startGit } from "./git";

/** Receives contents one after the other, in chunks. The buffers are reused. */
export interface BlobReceiver {
  begin(index: number, sizeBytes: number): void;
  data(chunk: Buffer): void;
  end(): void;
}

/** Reads many contents of the store, in the order of the list. An error of the receiver stops it. */
export async function readBlobs(git: Git, oids: readonly string[], receiver: BlobReceiver): Promise<void> {
  if (oids.length === 0) return;
  let head = Buffer.alloc(0);
  let index = 0;
  /** Bytes of the current content that are still missing; null between contents. */
  let missing: number | null = null;

  const takeHead = (chunk: Buffer): Buffer => {
    const end = chunk.indexOf(10);
    head = Buffer.concat([head, end < 0 ? chunk : chunk.subarray(0, end)]);
    if (end < 0) return chunk.subarray(chunk.length);
    const [oid, type, size] = head.toString("latin1").split(" ");
    head = Buffer.alloc(0);
    if (oid !== oids[index] || type !== "blob")
      throw new GitError(`the snapshot is missing the content ${oids[index]}.`);
    missing = Number(size);
    receiver.begin(index, missing);
    index += 1;
    return chunk.subarray(end + 1);
  };
  const takeData = (chunk: Buffer, length: number): Buffer => {
    const part = chunk.subarray(0, length);
    if (part.length > 0) receiver.data(part);
    missing = length - part.length;
    if (missing > 0 || chunk.length === part.length) return chunk.subarray(part.length);
    // A newline follows each content.
    receiver.end();
    missing = null;
    return chunk.subarray(part.length + 1);
  };
  const { child, kill, ended } = startGit(git, ["cat-file", "--batch", "--buffer"], "pipe");
  child.stdin?.end(`${oids.join("\n")}\n`);
  const pace = createPace(git.signal);
  try {
    for await (const chunk of child.stdout ?? []) {
      let rest: Buffer = chunk;
      while (rest.length > 0) {
        rest = missing === null ? takeHead(rest) : takeData(rest, missing);
        if (pace.isDue()) await pace.yield();
      }
    }
  } catch (error) {
    kill();
    throw error;
  }
  await ended;
  if (index !== oids.length || missing !== null) throw new GitError("the snapshot's contents ended early.");
}
