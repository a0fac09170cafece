import fs from "node:fs";
import path from "node:path";
import type { ToolUser } from "@/lib/process/tools-identity";
import { copyChanges, type Manifest, reversed } from "../workspace/copy-tree";
import { allHiddenPaths } from "../workspace/path";
import type { temporaryFolder } from "./temporary";

/** The copy of a root-owned folder for an unprivileged user. */
interface WorkspaceCopy {
  folder: string;
  /** State of the copying from the workspace to the copy. */
  manifest: Manifest;
  /** Synchronisations run one after the other; commands between them may overlap. */
  queue: Promise<unknown>;
  /** The number of commands and programs that use it. */
  users: number;
}

export interface OpenCopy {
  folder: string;
  synchronise(): Promise<void>;
  /** Has to be called when all the program's processes have ended. */
  close(): Promise<void>;
}

/** The workspace to copy, and the user to copy it for. */
interface CopyOf {
  workspace: string;
  user: ToolUser;
  hiddenPaths: readonly string[];
}

const COPY_MAX_BYTES = 2 * 1024 ** 3;

interface CopiesContext {
  base(): string;
  remove(): void;
  /** Copies by workspace. */
  copies: Map<string, WorkspaceCopy>;
  isClosed: boolean;
}

/** Manages copies of root-owned workspaces for the life of the process, synchronised before and after each command. */
export function workspaceCopies({ path: base, remove }: ReturnType<typeof temporaryFolder>) {
  const context: CopiesContext = { base, remove, copies: new Map(), isClosed: false };
  return {
    onCopy: <Result>(of: CopyOf, signal: AbortSignal, work: (folder: string) => Promise<Result>) =>
      onCopy(context, of, signal, work),
    open: (of: CopyOf) => openCopy(context, of),
    close: () => closeCopies(context),
  };
}

/** Runs `work` on the copy's folder. When the promise settles, also on failure, its changes are in the workspace. */
async function onCopy<Result>(
  context: CopiesContext,
  of: CopyOf,
  signal: AbortSignal,
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const copy = copyOf(context, of.workspace);
  copy.users += 1;
  try {
    await synchroniseIn(copy, of, signal);
    try {
      return await work(copy.folder);
    } finally {
      await synchroniseOut(copy, of);
    }
  } finally {
    release(context, copy);
  }
}

/** Opens a copy for a program that outlives a call. Both functions reject when a side cannot be synchronised. */
async function openCopy(context: CopiesContext, of: CopyOf): Promise<OpenCopy> {
  const copy = copyOf(context, of.workspace);
  copy.users += 1;
  try {
    await synchroniseIn(copy, of);
  } catch (error) {
    release(context, copy);
    throw error;
  }
  return {
    folder: copy.folder,
    // The copy is written back first, so that the program's changes win conflicts, as after a call.
    synchronise: () => synchroniseOut(copy, of).then(() => synchroniseIn(copy, of)),
    close: () => synchroniseOut(copy, of).finally(() => release(context, copy)),
  };
}

/** Removes the folder of the copies, now or when the last of them is no longer used. */
function closeCopies(context: CopiesContext): void {
  context.isClosed = true;
  removeIfIdle(context);
}

function copyOf({ copies, base }: CopiesContext, workspace: string): WorkspaceCopy {
  const known = copies.get(workspace);
  if (known) return known;
  const copy = {
    folder: fs.mkdtempSync(path.join(base(), "copy-")),
    manifest: new Map(),
    queue: Promise.resolve(),
    users: 0,
  };
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

function release(context: CopiesContext, copy: WorkspaceCopy): void {
  copy.users -= 1;
  removeIfIdle(context);
}

/** A copy in use is not removed, because missing files would be taken for deleted ones. */
function removeIfIdle({ isClosed, copies, remove }: CopiesContext): void {
  if (!isClosed || [...copies.values()].some(({ users }) => users > 0)) return;
  copies.clear();
  remove();
}

function inOrder(copy: WorkspaceCopy, step: () => Promise<void>): Promise<void> {
  const done = copy.queue.then(step);
  copy.queue = done.catch(() => undefined);
  return done;
}
