/** Finds a tree's folders as they were at a message, for a fork: each folder's last snapshot up to that message. */
import type { CommandSources } from "@/agents/commands/world/sources";
import type { Entry } from "@/core/log/entries";
import { decodeEntry, KINDS } from "@/db/file/rows";
import type { CopiedTask, NewFork, SourceMessage, SourceTree } from "@/db/trees/fork-records";
import { WorkspaceError } from "@/lib/workspace/path";

/** Snapshots by the key of the task that owns the folder; null stands for the tree's folder. */
export interface FilesAtCut {
  newest: Map<string | null, string>;
  /** The snapshots that own folders started from, or merged last. */
  bases: Map<string, string>;
}

const INSTRUCTION_KIND = KINDS.indexOf("instruction");
const EVENT_KIND = KINDS.indexOf("event");
const TELLING = /^\{"type":"(files_saved|files_copied|files_merged|forked)"/;

/** Returns the snapshots, from the messages up to the cut in their order. Throws BrokenLogError. */
export function filesAt(messages: SourceMessage[]): FilesAtCut {
  const found: FilesAtCut = { newest: new Map(), bases: new Map() };
  const owners = new Map<number, string>();
  for (const message of messages) {
    if (!tellsOfFolders(message)) continue;
    const entry = decodeEntry(message);
    if (entry.kind === "instruction") {
      const { folder, workspace, base } = entry.content;
      if (folder !== undefined) owners.set(message.taskId, folder);
      if (workspace === "own" && folder !== undefined && base !== undefined) begin(found, folder, base);
    }
    if (entry.kind === "event") follow(found, owners.get(message.taskId) ?? null, entry.content);
  }
  return found;
}

/** Returns whether the message is about folders. Other messages need not be decoded again. */
function tellsOfFolders({ kind, body }: SourceMessage): boolean {
  if (kind === INSTRUCTION_KIND) return body.includes('"folder":');
  return kind === EVENT_KIND && TELLING.test(body);
}

function begin({ newest, bases }: FilesAtCut, folder: string, base: string): void {
  newest.set(folder, base);
  bases.set(folder, base);
}

/** Records one event. `owner` is the owner of the folder in which the event's task works. */
function follow(found: FilesAtCut, owner: string | null, event: (Entry & { kind: "event" })["content"]): void {
  const { newest, bases } = found;
  if (event.type === "files_saved" && event.commit !== null) newest.set(owner, event.commit);
  if (event.type === "forked" && event.files !== null) newest.set(null, event.files);
  if (event.type === "files_copied") {
    // The copy's commit is also the newest snapshot of the copied folder.
    newest.set(event.from, event.commit);
    begin(found, event.folder, event.commit);
  }
  if (event.type === "files_merged") {
    const { into, commit, theirs, conflicts } = event;
    if (commit !== null) newest.set(into, commit);
    if (theirs === null || owner === null) return;
    newest.set(owner, theirs);
    if (conflicts.length === 0) bases.set(owner, theirs);
  }
}

/**
 * Returns the snapshot of the tree's folder. Before the first snapshot nothing had changed: the folder was empty, or its
 * files were as in the first snapshot, or, when it has none, as it began on its runner or is now on the server.
 */
export async function treeSnapshotAt(
  sources: CommandSources,
  source: SourceTree,
  { newest }: FilesAtCut,
  forkUid: string,
): Promise<string | null> {
  const { snapshots } = sources;
  const start = source.hadFiles ? sources.store.forks.beganWith(source.id) : null;
  const commit = newest.get(null) ?? start;
  if (commit) {
    await snapshots.share(commit, forkUid, "fork");
    // What the fork is compared with, also once its origin is deleted. A start that is gone is gone for the origin, too.
    if (start && start !== commit) await snapshots.share(start, forkUid, "start").catch(ignoreGone);
    return commit;
  }
  if (!source.hadFiles) return null;
  const hiddenPaths = source.inPlace ? sources.hiddenPathsOf(source.workspace) : [];
  const taken = await snapshots.take({
    tree: forkUid,
    folder: source.workspace,
    label: "fork",
    previous: null,
    hiddenPaths,
  });
  return taken.commit;
}

function ignoreGone(error: unknown): void {
  if (!(error instanceof WorkspaceError)) throw error;
}

/**
 * Returns the own folders of the fork's tasks. When snapshots are gone and the task has ended, its folder is dropped: a
 * retry makes a new copy.
 */
export async function ownFoldersAt(
  { snapshots }: CommandSources,
  tasks: CopiedTask[],
  { newest, bases }: FilesAtCut,
  forkUid: string,
): Promise<NewFork["folders"]> {
  const folders: NewFork["folders"] = [];
  for (const { uid, state, source } of tasks) {
    if (state.assignment.workspace !== "own") continue;
    const from = state.assignment.into ?? null;
    const kept = { base: bases.get(source.uid) ?? null, snapshot: newest.get(source.uid) ?? null };
    try {
      if (kept.base !== null) await snapshots.share(kept.base, forkUid, `base-${uid}`);
      if (kept.snapshot !== null) await snapshots.share(kept.snapshot, forkUid, `own-${uid}`);
      folders.push({ task: uid, sourceTask: source.uid, from, ...kept });
    } catch (error) {
      if (!state.ended || !(error instanceof WorkspaceError)) throw error;
      folders.push({ task: uid, sourceTask: source.uid, from, base: null, snapshot: null });
    }
  }
  return folders;
}
