/** Reads contents of git's objects one after the other, without keeping more than one in memory. */
import fs from "node:fs";
import path from "node:path";
import { runGit } from "../git/run";

interface BlobOptions {
  gitDir: string;
  /** A folder for one temporary file. */
  dir: string;
  /** A larger content is passed over: `take` gets null. */
  mostBytes: number;
  timeoutMs: number;
}

/** Calls `take` with each content in the order of the ids; null: too large, or not there. */
export async function eachBlob(
  oids: readonly string[],
  { gitDir, dir, mostBytes, timeoutMs }: BlobOptions,
  take: (content: Buffer | null, at: number) => void,
): Promise<void> {
  if (oids.length === 0) return;
  const input = path.join(dir, `wanted-${process.pid}-${oids[0]}`);
  fs.writeFileSync(input, `${oids.join("\n")}\n`);
  const inputFd = fs.openSync(input, "r");
  const reader = batchReader(mostBytes, take);
  try {
    await runGit(["cat-file", "--batch"], { gitDir, inputFd, timeoutMs, onOutput: reader });
  } finally {
    fs.closeSync(inputFd);
    fs.rmSync(input, { force: true });
  }
}

function batchReader(mostBytes: number, take: (content: Buffer | null, at: number) => void) {
  let rest: Buffer = Buffer.alloc(0);
  /** The content that is being read: what is left of it and of the line break after it. */
  let open: { left: number; parts: Buffer[] | null } | null = null;
  let at = 0;
  return (chunk: Buffer): undefined => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (;;) {
      if (open === null) {
        const end = rest.indexOf(10);
        if (end < 0) return;
        const [, type, size] = rest.subarray(0, end).toString("latin1").split(" ");
        rest = rest.subarray(end + 1);
        if (type === "missing" || size === undefined) take(null, at++);
        else open = { left: Number(size) + 1, parts: type === "blob" && Number(size) <= mostBytes ? [] : null };
        continue;
      }
      if (rest.length === 0) return;
      const part: Buffer = rest.subarray(0, open.left);
      open.parts?.push(part);
      open.left -= part.length;
      rest = rest.subarray(part.length);
      if (open.left > 0) continue;
      const content = open.parts === null ? null : Buffer.concat(open.parts).subarray(0, -1);
      open = null;
      take(content, at++);
    }
  };
}
