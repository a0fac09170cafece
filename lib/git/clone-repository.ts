import fs from "node:fs";
import path from "node:path";
import { serverIsRoot } from "@/lib/process/tools-identity";
import { copyChanges } from "../workspace/copy-tree";
import { errorCode, openDirectory, pathOf, sentenceFor } from "../workspace/open";
import { WorkspaceError, type WorkspaceView } from "../workspace/path";
import { fetchRemote } from "./fetch-remote";
import type { RemoteOptions } from "./remote";
import { eachItem, runGit } from "./run";
import { createStore, exclusively, factsOf, markReady, type RepositoryFacts, removeStore, type Store } from "./store";

const CHECKOUT_MAX_BYTES = 2 * 1024 ** 3;
const CHECKOUT_MAX_FILES = 200_000;

/**
 * Fetches a repository into the trusted store and writes the files of its default branch, as plain bytes, into the
 * store's folder of the workspace, which must be missing or empty. The copy has no .git folder, so git reads nothing in
 * it.
 */
export function cloneRepository(view: WorkspaceView, store: Store, options: RemoteOptions): Promise<RepositoryFacts> {
  return exclusively(
    store,
    async () => {
      requireMissingOrEmpty(view, store.parts);
      removeStore(store);
      await createStore(store, { signal: options.signal });
      try {
        await fetchRemote(store, options);
        const facts = await factsOf(store, options.signal);
        if (facts.commit) {
          await writeFiles(view, store, options.signal);
          markReady(store);
        }
        return facts;
      } catch (error) {
        removeStore(store);
        throw error;
      }
    },
    options.signal,
  );
}

/** Throws a `WorkspaceError` when the folder for a new copy is not empty. */
export function requireMissingOrEmpty(view: WorkspaceView, parts: readonly string[]): void {
  if (isMissingOrEmpty(view, parts)) return;
  const shown = JSON.stringify(parts.join("/") || ".");
  throw new WorkspaceError(`The folder ${shown} is not empty; name another folder with \`path\`.`);
}

function isMissingOrEmpty(view: WorkspaceView, parts: readonly string[]): boolean {
  let fd: number;
  try {
    fd = openDirectory(view.root, parts);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return true;
    throw sentenceFor(error, parts.join("/"));
  }
  try {
    return fs.readdirSync(pathOf(fd)).length === 0;
  } finally {
    fs.closeSync(fd);
  }
}

async function writeFiles(view: WorkspaceView, store: Store, signal: AbortSignal): Promise<void> {
  const fd = openDirectory(view.root, store.parts, 0o755);
  try {
    // Written through the descriptor, so that the path to the folder cannot be swapped meanwhile.
    await writeCommit({ gitDir: store.gitDir, commit: "HEAD" }, `${pathOf(fd)}/.`, {
      beside: path.dirname(store.gitDir),
      owner: serverIsRoot() ? ownerOf(view.root) : undefined,
      signal,
    });
  } finally {
    fs.closeSync(fd);
  }
}

interface WriteCommit {
  /** A folder of the server for what git writes first. */
  beside: string;
  /** Who owns the files then; undefined: the server. */
  owner: { uid: number; gid: number } | undefined;
  signal: AbortSignal;
}

/** Writes the files of a commit, as plain bytes, into an empty folder. Throws a `WorkspaceError` with one sentence. */
export async function writeCommit(
  { gitDir, commit }: { gitDir: string; commit: string },
  folder: string,
  { beside, owner, signal }: WriteCommit,
): Promise<void> {
  await refuseTooLarge(gitDir, commit, signal);
  const staging = fs.mkdtempSync(path.join(beside, "checkout-"));
  try {
    const index = path.join(staging, "index");
    const tree = path.join(staging, "tree");
    fs.mkdirSync(tree);
    const git = { gitDir, signal, env: { GIT_INDEX_FILE: index, GIT_WORK_TREE: tree } };
    await runGit(["read-tree", commit], git);
    await runGit(["-c", "core.bare=false", "checkout-index", "--all", "--force", "--quiet", `--prefix=${tree}/`], git);
    await copyChanges(tree, folder, new Map(), { maxBytes: CHECKOUT_MAX_BYTES, owner, signal });
  } finally {
    fs.rmSync(staging, { recursive: true, force: true });
  }
}

function ownerOf(folder: string): { uid: number; gid: number } {
  const { uid, gid } = fs.statSync(folder);
  return { uid, gid };
}

async function refuseTooLarge(gitDir: string, commit: string, signal: AbortSignal): Promise<void> {
  let files = 0;
  let bytes = 0;
  await eachItem(["ls-tree", "-r", "-l", "-z", commit], { gitDir, signal }, (line) => {
    files += 1;
    bytes += Number(line.match(/^\d+ blob [0-9a-f]+ +(\d+)\t/)?.[1] ?? 0);
  });
  if (files > CHECKOUT_MAX_FILES || bytes > CHECKOUT_MAX_BYTES) {
    throw new WorkspaceError(
      `The repository has ${files} files with ${bytes} bytes, more than the ${CHECKOUT_MAX_FILES} files or ${CHECKOUT_MAX_BYTES} bytes allowed.`,
    );
  }
}
