import fs from "node:fs";
import path from "node:path";
import { serverIsRoot } from "../sandbox/identity";
import { copyChanges } from "../workspace/copy-tree";
import { errorCode, openDirectory, sentenceFor } from "../workspace/open";
import { WorkspaceError, type WorkspaceView } from "../workspace/path";
import { checkRemote } from "./remote-address";
import { eachItem, runGit } from "./run";
import { createStore, exclusively, factsOf, markReady, type RepositoryFacts, removeStore, type Store } from "./store";

const CHECKOUT_MAX_BYTES = 2 * 1024 ** 3;
const CHECKOUT_MAX_FILES = 200_000;
const HISTORY_MAX_BYTES = 2 * 1024 ** 3;

export interface CloneOptions {
  url: string;
  privateHosts: readonly string[];
  timeoutMs: number;
  signal: AbortSignal;
}

/**
 * Fetches a repository into the trusted store and writes the files of its default branch, as plain bytes, into the
 * store's folder of the workspace, which must be missing or empty. The copy has no .git folder: nothing in it is git's.
 */
export function cloneRepository(view: WorkspaceView, store: Store, options: CloneOptions): Promise<RepositoryFacts> {
  return exclusively(store, async () => {
    const given = store.parts.join("/") || ".";
    if (!isMissingOrEmpty(view, store.parts)) {
      throw new WorkspaceError(`The folder ${JSON.stringify(given)} is not empty; name another with \`path\`.`);
    }
    removeStore(store);
    await createStore(store, options.signal);
    try {
      await fetchAll(store, options);
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
  });
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
    return fs.readdirSync(`/proc/self/fd/${fd}`).length === 0;
  } finally {
    fs.closeSync(fd);
  }
}

async function fetchAll(store: Store, options: CloneOptions): Promise<void> {
  const { url, pinned } = await checkRemote(options.url, options.privateHosts);
  const network = [
    ...["-c", `http.curloptResolve=${pinned}`, "-c", "http.followRedirects=false", "-c", "http.proxy="],
    ...["-c", "credential.helper=", "-c", "fetch.fsckObjects=false", "-c", "http.lowSpeedLimit=100"],
    ...["-c", "http.lowSpeedTime=60", "-c", "fetch.unpackLimit=1", "-c", "protocol.version=2"],
  ];
  const { timeoutMs, signal } = options;
  const git = { gitDir: store.gitDir, signal, timeoutMs, maxFileBytes: HISTORY_MAX_BYTES };
  const head = await runGit([...network, "ls-remote", "--symref", "--", url, "HEAD"], git);
  const branch = head.match(/^ref: (refs\/heads\/\S+)\tHEAD$/m)?.[1];
  const refs = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
  await runGit([...network, "fetch", "--quiet", "--no-recurse-submodules", "--no-auto-maintenance", url, ...refs], git);
  if (branch) await runGit(["symbolic-ref", "HEAD", branch], git);
  else await chooseBranch(head, git);
}

/** Old servers name HEAD's commit only: take a branch that is there, the customary names first. */
async function chooseBranch(head: string, git: { gitDir: string; signal: AbortSignal }): Promise<void> {
  const commit = head.split("\t")[0] ?? "";
  const listed = await runGit(["for-each-ref", "--format=%(objectname) %(refname)", "refs/heads"], git);
  const branches = listed
    .split("\n")
    .filter((line) => line.startsWith(commit))
    .map((line) => line.split(" ")[1] ?? "");
  const branch = ["refs/heads/main", "refs/heads/master"].find((name) => branches.includes(name)) ?? branches[0];
  if (branch) await runGit(["symbolic-ref", "HEAD", branch], git);
}

async function writeFiles(view: WorkspaceView, store: Store, signal: AbortSignal): Promise<void> {
  await refuseTooLarge(store, signal);
  const staging = fs.mkdtempSync(path.join(path.dirname(store.gitDir), "checkout-"));
  try {
    const index = path.join(staging, "index");
    const tree = path.join(staging, "tree");
    fs.mkdirSync(tree);
    const git = { gitDir: store.gitDir, signal, env: { GIT_INDEX_FILE: index, GIT_WORK_TREE: tree } };
    await runGit(["read-tree", "HEAD"], git);
    await runGit(["-c", "core.bare=false", "checkout-index", "--all", "--force", "--quiet", `--prefix=${tree}/`], git);
    const fd = openDirectory(view.root, store.parts, 0o755);
    try {
      // Through the descriptor, so that the way to the folder cannot be swapped meanwhile.
      await copyChanges(tree, `/proc/self/fd/${fd}/.`, new Map(), {
        maxBytes: CHECKOUT_MAX_BYTES,
        owner: serverIsRoot() ? ownerOf(view.root) : undefined,
        signal,
      });
    } finally {
      fs.closeSync(fd);
    }
  } finally {
    fs.rmSync(staging, { recursive: true, force: true });
  }
}

function ownerOf(folder: string): { uid: number; gid: number } {
  const { uid, gid } = fs.statSync(folder);
  return { uid, gid };
}

async function refuseTooLarge(store: Store, signal: AbortSignal): Promise<void> {
  let files = 0;
  let bytes = 0;
  await eachItem(["ls-tree", "-r", "-l", "-z", "HEAD"], { gitDir: store.gitDir, signal }, (line) => {
    files += 1;
    bytes += Number(line.match(/^\d+ blob [0-9a-f]+ +(\d+)\t/)?.[1] ?? 0);
  });
  if (files > CHECKOUT_MAX_FILES || bytes > CHECKOUT_MAX_BYTES) {
    throw new WorkspaceError(
      `The repository has ${files} files with ${bytes} bytes, more than the ${CHECKOUT_MAX_FILES} files or ${CHECKOUT_MAX_BYTES} bytes allowed.`,
    );
  }
}
