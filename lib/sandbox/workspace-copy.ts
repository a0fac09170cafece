import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { copyChanges, type Manifest, reversed } from "../workspace/copy-tree";
import { allHiddenPaths } from "../workspace/path";
import type { ToolUser } from "./identity";

/** A root-owned folder's copy in which an unprivileged user may work. */
interface WorkspaceCopy {
  folder: string;
  /** From the workspace to the copy. */
  manifest: Manifest;
  /** Synchronisations run one after the other; the commands between them may overlap. */
  queue: Promise<unknown>;
}

/** Whose copy, and for whom. */
interface CopyOf {
  workspace: string;
  user: ToolUser;
  hiddenPaths: readonly string[];
}

const COPY_MAX_BYTES = 2 * 1024 ** 3;
const FOLDER_PREFIX = "banyan-sandbox-";

/** Copies of root-owned workspaces, kept for the life of the process and brought up to date before and after each command. */
export function workspaceCopies() {
  const copies = new Map<string, WorkspaceCopy>();
  let base: string | undefined;

  function copyOf(workspace: string): WorkspaceCopy {
    const known = copies.get(workspace);
    if (known) return known;
    base ??= makeBase();
    const copy = { folder: fs.mkdtempSync(path.join(base, "copy-")), manifest: new Map(), queue: Promise.resolve() };
    copies.set(workspace, copy);
    return copy;
  }

  async function synchroniseIn(copy: WorkspaceCopy, { workspace, user, hiddenPaths }: CopyOf, signal?: AbortSignal) {
    await inOrder(copy, async () => {
      fs.chownSync(copy.folder, user.uid, user.gid);
      const options = { hiddenPaths, owner: user, maxBytes: COPY_MAX_BYTES, ...(signal && { signal }) };
      await copyChanges(workspace, copy.folder, copy.manifest, options);
    });
  }

  async function synchroniseOut(copy: WorkspaceCopy, { workspace, hiddenPaths }: CopyOf) {
    await inOrder(copy, async () => {
      const back = reversed(copy.manifest);
      const hiddenInCopy = allHiddenPaths(hiddenPaths)
        .filter((hidden) => hidden.startsWith(`${workspace}/`))
        .map((hidden) => copy.folder + hidden.slice(workspace.length));
      try {
        await copyChanges(copy.folder, workspace, back, { hiddenPaths: hiddenInCopy, maxBytes: COPY_MAX_BYTES });
      } finally {
        copy.manifest = reversed(back);
      }
    });
  }

  /** Runs `work` on the copy's folder; what it changed is in the workspace when the promise settles, also when it failed. */
  async function onCopy<Result>(
    of: CopyOf,
    signal: AbortSignal,
    work: (folder: string) => Promise<Result>,
  ): Promise<Result> {
    const copy = copyOf(of.workspace);
    await synchroniseIn(copy, of, signal);
    try {
      return await work(copy.folder);
    } finally {
      await synchroniseOut(copy, of);
    }
  }

  /** A copy for a program that outlives a call. `out` and `both` reject when a side cannot be brought up to date. */
  async function open(of: CopyOf): Promise<{ folder: string; out(): Promise<void>; both(): Promise<void> }> {
    const copy = copyOf(of.workspace);
    await synchroniseIn(copy, of);
    const out = () => synchroniseOut(copy, of);
    // Out first: what both sides changed is then as the program left it, like after a call.
    return { folder: copy.folder, out, both: () => out().then(() => synchroniseIn(copy, of)) };
  }

  function remove(): void {
    copies.clear();
    if (base) fs.rmSync(base, { recursive: true, force: true });
    base = undefined;
  }

  return { onCopy, open, remove };
}

function inOrder(copy: WorkspaceCopy, step: () => Promise<void>): Promise<void> {
  const done = copy.queue.then(step);
  copy.queue = done.catch(() => undefined);
  return done;
}

/** A private folder for this process's copies; those of processes that are gone are removed. */
function makeBase(): string {
  const temporary = os.tmpdir();
  for (const name of fs.readdirSync(temporary)) {
    const pid = Number(name.match(/^banyan-sandbox-(\d+)-/)?.[1]);
    if (pid > 0 && !isAlive(pid)) fs.rmSync(path.join(temporary, name), { recursive: true, force: true });
  }
  return fs.mkdtempSync(path.join(temporary, `${FOLDER_PREFIX}${process.pid}-`));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
