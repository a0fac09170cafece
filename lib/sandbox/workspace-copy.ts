import fs from "node:fs";
import path from "node:path";
import type { ToolUser } from "@/lib/process/tools-identity";
import { copyChanges, forgetLost, type Manifest, reversed } from "../workspace/copy-tree";
import { allHiddenPaths } from "../workspace/path";
import type { temporaryFolder } from "./temporary";

/** The copy of a root-owned folder for an unprivileged user. */
interface WorkspaceCopy {
  /** null: not made yet. */
  folder: string | null;
  /** State of the copying from the workspace to the copy. */
  manifest: Manifest;
  /** Synchronisations run one after the other; commands between them may overlap. */
  queue: Promise<unknown>;
  /** The number of commands and programs that use it. */
  users: number;
  /** The number of those whose changes may not be in the workspace yet. */
  unsettled: number;
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
    const folder = await begin(context, copy, of, signal);
    try {
      return await work(folder);
    } finally {
      await end(copy, folder, of);
    }
  } finally {
    release(context, copy);
  }
}

/** Opens a copy for a program that outlives a call. Both functions reject when a side cannot be synchronised. */
async function openCopy(context: CopiesContext, of: CopyOf): Promise<OpenCopy> {
  const copy = copyOf(context, of.workspace);
  copy.users += 1;
  let folder: string;
  try {
    folder = await begin(context, copy, of);
  } catch (error) {
    release(context, copy);
    throw error;
  }
  return {
    folder,
    // The copy is written back first, so that the program's changes win conflicts, as after a call.
    synchronise: () =>
      inOrder(copy, async () => {
        await copyOut(copy, folder, of);
        await copyIn(copy, folder, of);
      }),
    close: () => end(copy, folder, of).finally(() => release(context, copy)),
  };
}

/** Removes the folder of the copies, now or when the last of them is no longer used. */
function closeCopies(context: CopiesContext): void {
  context.isClosed = true;
  removeIfIdle(context);
}

function copyOf({ copies }: CopiesContext, workspace: string): WorkspaceCopy {
  const known = copies.get(workspace);
  if (known) return known;
  const copy = { folder: null, manifest: new Map(), queue: Promise.resolve(), users: 0, unsettled: 0 };
  copies.set(workspace, copy);
  return copy;
}

/** Brings the copy up to date for a command or program, and resolves with its folder. */
function begin(context: CopiesContext, copy: WorkspaceCopy, of: CopyOf, signal?: AbortSignal): Promise<string> {
  return inOrder(copy, async () => {
    const folder = folderOf(context, copy);
    // A cleaner of temporary files removes what was not used for days. It would count as deleted by the command.
    if (copy.unsettled === 0) await forgetLost(folder, copy.manifest, signal);
    await copyIn(copy, folder, of, signal);
    copy.unsettled += 1;
    return folder;
  });
}

/** Brings the changes into the workspace. When that fails they are only in the copy, which then counts as in use for good. */
function end(copy: WorkspaceCopy, folder: string, of: CopyOf): Promise<void> {
  return inOrder(copy, async () => {
    await copyOut(copy, folder, of);
    copy.unsettled -= 1;
  });
}

/** Returns the copy's folder; a new and empty one when somebody removed it. */
function folderOf({ base }: CopiesContext, copy: WorkspaceCopy): string {
  const below = base();
  if (copy.folder !== null && path.dirname(copy.folder) === below && fs.existsSync(copy.folder)) return copy.folder;
  const folder = fs.mkdtempSync(path.join(below, "copy-"));
  Object.assign(copy, { folder, manifest: new Map(), unsettled: 0 });
  return folder;
}

async function copyIn(
  copy: WorkspaceCopy,
  folder: string,
  { workspace, user, hiddenPaths }: CopyOf,
  signal?: AbortSignal,
) {
  fs.chownSync(folder, user.uid, user.gid);
  const options = { hiddenPaths, owner: user, maxBytes: COPY_MAX_BYTES, ...(signal && { signal }) };
  await copyChanges(workspace, folder, copy.manifest, options);
}

async function copyOut(copy: WorkspaceCopy, folder: string, { workspace, hiddenPaths }: CopyOf) {
  const back = reversed(copy.manifest);
  const hiddenInCopy = allHiddenPaths(hiddenPaths)
    .filter((hidden) => hidden.startsWith(`${workspace}/`))
    .map((hidden) => folder + hidden.slice(workspace.length));
  try {
    await copyChanges(folder, workspace, back, { hiddenPaths: hiddenInCopy, maxBytes: COPY_MAX_BYTES });
  } finally {
    copy.manifest = reversed(back);
  }
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

function inOrder<Result>(copy: WorkspaceCopy, step: () => Promise<Result>): Promise<Result> {
  const done = copy.queue.then(step);
  copy.queue = done.catch(() => undefined);
  return done;
}
