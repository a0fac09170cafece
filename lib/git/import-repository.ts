import fs from "node:fs";
import path from "node:path";
import { readAll, readChunks } from "../workspace/files";
import { stillLinked } from "../workspace/git-around";
import { childOf, openDirectory, openRegularFile } from "../workspace/open";
import { WorkspaceError, type WorkspaceView } from "../workspace/path";
import { type WalkEntry, walk } from "../workspace/walk";
import { GitError } from "./run";
import { createStore, exclusively, factsOf, markReady, type RepositoryFacts, removeStore, type Store } from "./store";

const IMPORT_MAX_BYTES = 4 * 1024 ** 3;
const SMALL_FILE_MAX_BYTES = 64 * 1024 * 1024;
/** Loose objects and packs. Not `info/alternates`, which would borrow objects from any repository of the host. */
const OBJECT_PATH = /^([0-9a-f]{2}\/[0-9a-f]{38}|pack\/pack-[0-9a-f]{40}\.(pack|idx))$/;

export type Imported = { git: true; facts: RepositoryFacts } | { git: false; reason?: string };

/**
 * Copies the history of a workspace's own repository into the trusted store. Git never opens the workspace: objects and
 * references are copied as plain files; configuration, hooks, alternates and links are not copied.
 */
export function importRepository(view: WorkspaceView, store: Store, signal?: AbortSignal): Promise<Imported> {
  return exclusively(
    store,
    async () => {
      const linked = store.parts.length === 0 ? stillLinked(view.root, view.linkedGit) : null;
      const found = linked ? "folder" : findGit(view, store.parts);
      if (found !== "folder") {
        removeStore(store);
        return found === "none" ? { git: false } : { git: false, reason: found };
      }
      await createStore(store, { signal });
      try {
        const from = linked
          ? { root: linked.common, git: [], own: linked.own.split("/").filter(Boolean) }
          : { root: view.root, git: [...store.parts, ".git"], own: [] };
        await copyRepository(from, store.gitDir, signal);
        const facts = await factsOf(store, signal);
        if (facts.commit) markReady(store);
        return { git: true, facts };
      } catch (error) {
        removeStore(store);
        if (!(error instanceof GitError)) throw error;
        return { git: false, reason: `The repository's history cannot be read in full: ${error.message}` };
      }
    },
    signal,
  );
}

function findGit(view: WorkspaceView, parts: readonly string[]): "none" | "folder" | string {
  const fd = openDirectory(view.root, parts);
  try {
    const stat = fs.lstatSync(childOf(fd, ".git"), { throwIfNoEntry: false });
    if (!stat) return "none";
    if (stat.isDirectory()) return "folder";
    return "The folder's .git points to a place outside it, which Banyan follows only for the linked worktree or submodule that a person named as the task's folder.";
  } finally {
    fs.closeSync(fd);
  }
}

interface CopyFrom {
  root: string;
  /** Where the repository is below the root. */
  git: string[];
  /** Where a linked worktree has its HEAD, below that. */
  own: string[];
}

async function copyRepository({ root, git, own }: CopyFrom, gitDir: string, signal?: AbortSignal): Promise<void> {
  let bytes = 0;
  const count = (sizeBytes: number) => {
    bytes += sizeBytes;
    if (bytes > IMPORT_MAX_BYTES) {
      throw new WorkspaceError(
        `The repository has more than ${IMPORT_MAX_BYTES} bytes of history; use a smaller clone.`,
      );
    }
  };
  for await (const entry of walkIfThere(root, [...git, "objects"], signal)) {
    if (entry.kind !== "file" || !OBJECT_PATH.test(entry.path)) continue;
    count(entry.sizeBytes);
    await copyObject(entry, path.join(gitDir, "objects", entry.path));
  }
  fs.rmSync(path.join(gitDir, "refs"), { recursive: true, force: true });
  fs.mkdirSync(path.join(gitDir, "refs"), { mode: 0o700 });
  for await (const entry of walkIfThere(root, [...git, "refs"], signal)) {
    if (entry.kind !== "file") continue;
    count(entry.sizeBytes);
    const { fd } = entry.open();
    await copySmall(fd, path.join(gitDir, "refs", entry.path));
  }
  await copyFrom(root, git, ["packed-refs", "shallow"], gitDir);
  await copyFrom(root, [...git, ...own], ["HEAD"], gitDir);
}

async function copyFrom(root: string, folder: string[], names: readonly string[], gitDir: string): Promise<void> {
  const fd = openDirectory(root, folder);
  try {
    for (const name of names) await copyNamed(fd, name, path.join(gitDir, name));
  } finally {
    fs.closeSync(fd);
  }
}

async function* walkIfThere(root: string, parts: string[], signal?: AbortSignal): AsyncGenerator<WalkEntry> {
  try {
    fs.closeSync(openDirectory(root, parts));
  } catch {
    return;
  }
  yield* walk(root, parts, { signal, maxEntries: 2_000_000 });
}

/** An object is named after its content, so an existing object of the same size need not be copied. */
async function copyObject(entry: WalkEntry, target: string): Promise<void> {
  if (fs.statSync(target, { throwIfNoEntry: false })?.size === entry.sizeBytes) return;
  const { fd } = entry.open();
  const temporary = `${target}.tmp`;
  try {
    fs.mkdirSync(path.dirname(target), { recursive: true });
    const out = await fs.promises.open(temporary, "w", 0o600);
    try {
      for await (const chunk of readChunks(fd)) await out.writeFile(chunk);
    } finally {
      await out.close();
    }
    fs.renameSync(temporary, target);
  } finally {
    fs.closeSync(fd);
  }
}

async function copyNamed(directoryFd: number, name: string, target: string): Promise<void> {
  fs.rmSync(target, { force: true });
  if (!fs.lstatSync(childOf(directoryFd, name), { throwIfNoEntry: false })?.isFile()) return;
  await copySmall(openRegularFile(directoryFd, name).fd, target);
}

async function copySmall(fd: number, target: string): Promise<void> {
  try {
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, await readAll(fd, SMALL_FILE_MAX_BYTES));
  } finally {
    fs.closeSync(fd);
  }
}
