/** Reads the files of a commit in a scratch repository, so that no setting, hook, filter or attribute applies. */
import fs from "node:fs";
import path from "node:path";
import { GatesError } from "@/gates/model/errors";
import { type Blobs, type FileTree, type TreeFile, treeOf } from "@/gates/model/tree";
import { withScratch } from "@/lib/apply/scratch";
import { eachItem, runGit } from "@/lib/git/run";
import type { Repository } from "./repository";

/** Larger repositories are refused instead of filling the disk. */
const MOST_BYTES = 2 * 1024 ** 3;
const KINDS: Record<string, TreeFile["kind"]> = { "100644": "file", "100755": "executable", "120000": "link" };

/** `dir` is a folder for temporary files. */
export async function treeOfCommit(
  repository: Repository,
  commit: string,
  { blobs, dir }: { blobs: Blobs; dir: string },
): Promise<FileTree> {
  return withScratch({ dir, borrows: [repository.objects] }, async ({ gitDir }) => {
    const files: [string, TreeFile][] = [];
    const submodules = new Map<string, string>();
    let odd: string | undefined;
    await eachItem(["ls-tree", "-r", "-z", "--full-tree", commit], { gitDir }, (item) => {
      const tab = item.indexOf("\t");
      const [mode = "", , oid = ""] = item.slice(0, tab).split(" ");
      const name = item.slice(tab + 1);
      const kind = KINDS[mode];
      if (mode === "160000") submodules.set(name, oid);
      else if (kind && isPlain(name)) files.push([name, { kind, oid }]);
      else odd ??= name;
    });
    if (odd !== undefined)
      throw new GatesError(
        `The commit ${commit.slice(0, 12)} contains ${JSON.stringify(odd)}, a name that cannot be used.`,
      );
    const missing = [...new Set(files.map(([, { oid }]) => oid))].filter((oid) => !fs.existsSync(blobs.fileOf(oid)));
    await readBlobs({ gitDir, dir }, missing, blobs);
    return treeOf(files, submodules);
  });
}

/**
 * Git refuses such names too, but a commit that was written by other means may have them. Two names that are not UTF-8
 * could read the same, and one of the files would not be judged.
 */
function isPlain(name: string): boolean {
  if (name.includes("\uFFFD")) return false;
  return !name.includes("\0") && name.split("/").every((part) => !["", ".", "..", ".git"].includes(part.toLowerCase()));
}

async function readBlobs({ gitDir, dir }: { gitDir: string; dir: string }, oids: string[], blobs: Blobs) {
  if (oids.length === 0) return;
  const input = path.join(dir, "wanted");
  fs.writeFileSync(input, oids.map((oid) => `${oid}\n`).join(""));
  const inputFd = fs.openSync(input, "r");
  const reader = batchReader(blobs);
  try {
    await runGit(["cat-file", "--batch"], { gitDir, inputFd, onOutput: reader.take });
  } finally {
    reader.close();
    fs.closeSync(inputFd);
  }
  const lacking = oids.find((oid) => !fs.existsSync(blobs.fileOf(oid)));
  if (lacking) throw new GatesError(`The repository lacks the object ${lacking}; fetch it, or run "git fsck".`);
}

/** Parses `<oid> blob <size>`, a line break, the content and a line break, again and again. */
function batchReader(blobs: Blobs) {
  let header = "";
  let open: { fd: number; left: number; file: string } | null = null;
  let total = 0;
  const finish = () => {
    if (!open) return;
    fs.closeSync(open.fd);
    // It gets its own name only when it is complete.
    fs.renameSync(`${open.file}.part`, open.file);
    open = null;
  };
  const parse = (chunk: Buffer): string | undefined => {
    for (let at = 0; at < chunk.length; ) {
      if (!open) {
        const end = chunk.indexOf(10, at);
        header += chunk.toString("latin1", at, end < 0 ? chunk.length : end);
        if (end < 0) return undefined;
        at = end + 1;
        const [oid = "", type, size = ""] = header.split(" ");
        header = "";
        // The line break after a content.
        if (oid === "" || type !== "blob") continue;
        total += Number(size);
        if (total > MOST_BYTES) return `The repository has more than ${MOST_BYTES / 1024 ** 3} GB of files.`;
        const file = blobs.fileOf(oid);
        open = { fd: fs.openSync(`${file}.part`, "w", 0o600), left: Number(size), file };
        if (open.left === 0) finish();
        continue;
      }
      const part: Buffer = chunk.subarray(at, at + open.left);
      for (let done = 0; done < part.length; ) done += fs.writeSync(open.fd, part, done);
      at += part.length;
      open.left -= part.length;
      if (open.left === 0) finish();
    }
    return undefined;
  };
  /** Returns a sentence on which git is ended, because an error thrown here would not be caught. */
  const take = (chunk: Buffer): string | undefined => {
    try {
      return parse(chunk);
    } catch (error) {
      return `The files of the repository could not be kept (${(error as NodeJS.ErrnoException).code}).`;
    }
  };
  return { take, close: () => open && fs.closeSync(open.fd) };
}
