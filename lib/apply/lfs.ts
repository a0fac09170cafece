/**
 * Large files of git LFS: the folder has their content, and commits have pointers, short texts that git-lfs makes of it.
 * Banyan makes the same pointers itself. It starts no filter, because the repository's settings say which program that is,
 * and git-lfs need not be installed.
 */
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import type { ChangedPath, ChangedSide } from "../snapshots/port";
import { WorkspaceError } from "../workspace/path";
import { ownerOf, type PersonsRepository } from "./repository";
import { git, type Scratch, stored, withInput } from "./scratch";

/** Of a pointer. Git LFS takes nothing longer for one. */
const MOST_POINTER_BYTES = 1024;
const POINTER = /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n/;
const MOST_LISTED_BYTES = 256 * 1024 * 1024;

/** The content of a large file that a pointer names. */
export interface LargeFile {
  /** SHA-256 of the content. */
  name: string;
  /** The content's object in the snapshots. */
  oid: string;
  /** The pointer's object. */
  pointer: string;
}

/**
 * Returns the changes with pointers in place of large files, and what they stand for. `index`: an index with the attributes
 * that hold. `prefix` goes before each path.
 */
export async function asPointers(
  scratch: Scratch,
  changes: readonly ChangedPath[],
  index: string,
  prefix = "",
): Promise<{ changes: ChangedPath[]; large: LargeFile[] }> {
  const paths = changes.filter(({ after, before }) => isFile(after) || isFile(before)).map((change) => change.path);
  const filtered = await largeAmong(
    scratch,
    index,
    paths.map((name) => prefix + name),
  );
  const large: LargeFile[] = [];
  const side = async (given: ChangedSide | null) => (isFile(given) ? pointerOf(scratch, given, large) : given);
  const found: ChangedPath[] = [];
  for (const change of changes)
    found.push(
      filtered.has(prefix + change.path)
        ? { ...change, before: await side(change.before), after: await side(change.after) }
        : change,
    );
  return { changes: found, large };
}

const isFile = (side: ChangedSide | null): side is ChangedSide => side?.mode.startsWith("100") === true;

async function largeAmong(scratch: Scratch, index: string, paths: readonly string[]): Promise<Set<string>> {
  const listed = await withInput(scratch, paths.map((name) => `${name}\0`).join(""), (inputFd) =>
    git(scratch, ["check-attr", "--cached", "-z", "--stdin", "filter"], {
      inputFd,
      env: { GIT_INDEX_FILE: index },
      maxOutputBytes: MOST_LISTED_BYTES,
    }),
  );
  const fields = listed.split("\0");
  return new Set(fields.filter((_, at) => at % 3 === 0 && fields[at + 2] === "lfs"));
}

/** An empty file and what is a pointer already stay as they are, as git-lfs leaves them. */
async function pointerOf(scratch: Scratch, side: ChangedSide, large: LargeFile[]): Promise<ChangedSide> {
  const hash = createHash("sha256");
  let size = 0;
  let start = Buffer.alloc(0);
  await git(scratch, ["cat-file", "blob", side.oid], {
    onOutput(chunk) {
      hash.update(chunk);
      size += chunk.length;
      if (start.length < MOST_POINTER_BYTES) start = Buffer.concat([start, chunk]).subarray(0, MOST_POINTER_BYTES);
      return undefined;
    },
  });
  if (size === 0 || (size < MOST_POINTER_BYTES && POINTER.test(start.toString("latin1")))) return side;
  const name = hash.digest("hex");
  const text = `version https://git-lfs.github.com/spec/v1\noid sha256:${name}\nsize ${size}\n`;
  const pointer = await stored(scratch, Buffer.from(text));
  large.push({ name, oid: side.oid, pointer });
  return { ...side, oid: pointer };
}

/** Puts the content where git-lfs of the repository looks for it, so that the branch can be checked out and pushed. */
export async function keepLarge(
  scratch: Scratch,
  repository: PersonsRepository,
  large: readonly LargeFile[],
): Promise<void> {
  const owner = ownerOf(repository.gitDir);
  const given = (file: string) => owner && fs.lchownSync(file, owner.uid, owner.gid);
  for (const { name, oid } of large) {
    let folder = repository.gitDir;
    for (const part of ["lfs", "objects", name.slice(0, 2), name.slice(2, 4)]) {
      folder = path.join(folder, part);
      const stat = fs.lstatSync(folder, { throwIfNoEntry: false });
      if (!stat) {
        fs.mkdirSync(folder);
        given(folder);
      } else if (!stat.isDirectory())
        throw new WorkspaceError(
          `${folder} is a link or a file, and Banyan writes through no link; download the patch.`,
        );
    }
    const file = path.join(folder, name);
    if (fs.lstatSync(file, { throwIfNoEntry: false })) continue;
    const unfinished = path.join(folder, `.${path.basename(scratch.gitDir)}`);
    const fd = fs.openSync(unfinished, "wx", 0o644);
    try {
      await git(scratch, ["cat-file", "blob", oid], {
        onOutput(chunk) {
          for (let done = 0; done < chunk.length; ) done += fs.writeSync(fd, chunk, done);
          return undefined;
        },
      });
      given(unfinished);
      fs.renameSync(unfinished, file);
    } finally {
      fs.closeSync(fd);
      fs.rmSync(unfinished, { force: true });
    }
  }
}
