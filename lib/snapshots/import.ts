import { randomBytes } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import { GitError } from "../git/run";
import { HAS_PROC } from "../process/ps";
import { createPace } from "./entries";
import { type Git, isCommitName, type RunningGit, runGit, startGit } from "./git";
import type { Entry } from "./listing";
import { quoted, storedPath } from "./names";
import type { ContentSink } from "./read-file";

interface CommitRequest {
  ref: string;
  /** The root tree that the new snapshot differs from; null for an empty one. */
  from: string | null;
  deleted: Iterable<string>;
  /** Entries whose contents are in the store, or were given to this import. */
  written: Iterable<readonly [string, Pick<Entry, "mode" | "oid">]>;
}

export interface Import extends ContentSink {
  /** Writes the snapshot and its reference, and resolves with its commit and root tree when both are on disk. */
  commit(request: CommitRequest): Promise<{ commit: string; root: string }>;
  /** Ends an import without a commit. */
  abandon(): Promise<void>;
}

/**
 * Writes one snapshot with `git fast-import`, which starts at the first content, because most calls find nothing new.
 */
export function createImport(git: Git): Import {
  let running: RunningGit | null = null;
  const write = (data: string | Buffer): Promise<void> | undefined => {
    running ??= startGit(git, ["fast-import", "--quiet", "--done", "--force", "--date-format=raw"], "pipe");
    const { child, ended } = running;
    if (child.stdin?.write(data) !== false) return;
    // When git fails, it ends first and gives the reason.
    return Promise.race([once(child.stdin, "drain"), ended]).then(() => undefined);
  };
  return {
    small(content) {
      // One buffer, because each write is a system call.
      return write(Buffer.concat([Buffer.from(`blob\ndata ${content.length}\n`), content, Buffer.from("\n")]));
    },
    large: (fd) => storeLarge(git, fd),
    async commit(request) {
      for await (const lines of commands(request)) await write(lines);
      return commitOf(running);
    },
    async abandon() {
      running?.kill();
      await running?.ended.catch(() => undefined);
    },
  };
}

const LINES_AT_ONCE = 500;

async function* commands({ ref, from, deleted, written }: CommitRequest): AsyncGenerator<string> {
  const pace = createPace();
  const seconds = Math.floor(Date.now() / 1000);
  // Two processes that store the same contents would create the same pack, which makes git fail.
  const unique = randomBytes(16).toString("hex");
  // The empty content of empty folders comes first, because no scan passes it on.
  let lines = [
    "blob",
    "data 0",
    "",
    `commit ${ref}`,
    "mark :1",
    `committer Banyan <banyan@localhost> ${seconds} +0000`,
    `data ${unique.length}`,
    unique,
  ];
  if (from !== null) lines.push(`M 040000 ${from} ""`);
  for (const path of deleted) lines.push(`D ${quoted(storedPath(path))}`);
  for (const [path, { mode, oid }] of written) {
    lines.push(`M ${mode} ${oid} ${quoted(storedPath(path))}`);
    if (lines.length < LINES_AT_ONCE) continue;
    yield `${lines.join("\n")}\n`;
    lines = [];
    if (pace.isDue()) await pace.yield();
  }
  yield `${[...lines, "", "get-mark :1", 'ls :1 ""', "done"].join("\n")}\n`;
}

async function commitOf(running: RunningGit | null): Promise<{ commit: string; root: string }> {
  let output = "";
  running?.child.stdout?.on("data", (chunk: Buffer) => {
    output += chunk.toString("latin1");
  });
  running?.child.stdin?.end();
  await running?.ended;
  const [commit = "", listed = ""] = output.split("\n");
  const root = /^040000 tree ([0-9a-f]{40})/.exec(listed)?.[1];
  if (!isCommitName(commit) || root === undefined) throw new GitError("git returned no commit for the snapshot.");
  return { commit, root };
}

/** Stores a large file without fast-import, which would compress it at 20 MB a second. */
async function storeLarge(git: Git, fd: number): Promise<string> {
  const args = ["-c", "core.compression=0", "hash-object", "-w", "--no-filters", "--stdin"];
  if (!HAS_PROC) {
    // Nothing opens it anew on macOS; a stream with a start reads without the shared position.
    const input = fs.createReadStream("", { fd, start: 0, autoClose: false });
    return (await runGit(git, args, { input })).output.trim();
  }
  // Opened again, because a child moves the shared position, and a second attempt has to start at the beginning.
  const fresh = fs.openSync(`/proc/self/fd/${fd}`, fs.constants.O_RDONLY);
  try {
    return (await runGit(git, args, { input: fresh })).output.trim();
  } finally {
    fs.closeSync(fresh);
  }
}
