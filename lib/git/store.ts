import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { GitError, runGit } from "./run";

/** Written last, so a store without it was not filled to its end. */
const READY = "banyan-ready";

/** A trusted bare repository that holds the history of a folder of a workspace. */
export interface Store {
  gitDir: string;
  /** The folder of the workspace that it belongs to, as names below the root. */
  parts: string[];
}

export interface RepositoryFacts {
  branch: string | null;
  commit: string | null;
  commits: number;
}

export function storeFor(cacheDir: string, parts: readonly string[]): Store {
  const id = createHash("sha256").update(parts.join("/")).digest("hex").slice(0, 24);
  return { gitDir: path.join(cacheDir, "repositories", id), parts: [...parts] };
}

/** The store of the folder itself or of the nearest one above it that has been opened; null when there is none. */
export function findStore(cacheDir: string, parts: readonly string[]): Store | null {
  for (let length = parts.length; length >= 0; length--) {
    const store = storeFor(cacheDir, parts.slice(0, length));
    if (fs.existsSync(path.join(store.gitDir, READY))) return store;
  }
  return null;
}

/** Attributes in a repository can rename encodings, line ends and filters; here every file is plain bytes. */
const PLAIN_ATTRIBUTES =
  "* -text -eol -ident -filter -diff -merge -working-tree-encoding -export-subst -export-ignore\n";

export async function createStore(store: Store, signal?: AbortSignal): Promise<void> {
  fs.mkdirSync(store.gitDir, { recursive: true, mode: 0o700 });
  fs.rmSync(path.join(store.gitDir, READY), { force: true });
  await runGit(["init", "--bare", "--quiet", "--template=", store.gitDir], { gitDir: store.gitDir, signal });
  fs.mkdirSync(path.join(store.gitDir, "info"), { recursive: true });
  fs.writeFileSync(path.join(store.gitDir, "info", "attributes"), PLAIN_ATTRIBUTES);
}

export function markReady(store: Store): void {
  fs.writeFileSync(path.join(store.gitDir, READY), "");
}

export function removeStore(store: Store): void {
  fs.rmSync(store.gitDir, { recursive: true, force: true });
}

/** Throws a `GitError` when history is missing, as in a partial clone or one that borrows objects from elsewhere. */
export async function factsOf(store: Store, signal?: AbortSignal): Promise<RepositoryFacts> {
  const options = { gitDir: store.gitDir, signal };
  const head = readHead(store);
  const branch = head.startsWith("ref: refs/heads/") ? head.slice("ref: refs/heads/".length) : null;
  const unborn = branch !== null && !(await refExists(`refs/heads/${branch}`, options));
  if (unborn) return { branch, commit: null, commits: 0 };
  const commit = (await runGit(["rev-parse", "--verify", "HEAD^{commit}"], options)).trim();
  const commits = Number((await runGit(["rev-list", "--count", "HEAD"], options)).trim());
  // Counting commits does not open their trees; this does, for the newest one.
  await runGit(["ls-tree", "-r", "-z", "HEAD"], { ...options, onOutput: () => undefined });
  return { branch, commit, commits };
}

const HEAD_MAX_BYTES = 1024;

function readHead(store: Store): string {
  const file = path.join(store.gitDir, "HEAD");
  const size = fs.statSync(file, { throwIfNoEntry: false })?.size;
  if (size === undefined || size > HEAD_MAX_BYTES) throw new GitError("its HEAD is missing or no reference.");
  return fs.readFileSync(file, "utf8").trim();
}

async function refExists(ref: string, options: { gitDir: string; signal?: AbortSignal }): Promise<boolean> {
  const found = await runGit(["for-each-ref", "--format=%(refname)", ref], options);
  return found.split("\n").includes(ref);
}

const inProgress = new Map<string, Promise<unknown>>();

/**
 * Work on one store, one after the other. Rejects with the signal's reason when it is aborted before its turn has come,
 * which p-limit cannot: there one caller alone cannot leave the queue.
 */
export function exclusively<Result>(store: Store, work: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
  const before = inProgress.get(store.gitDir) ?? Promise.resolve();
  const result = inTurn(before, signal).then(work);
  const settled = Promise.allSettled([before, result]).then(() => {
    if (inProgress.get(store.gitDir) === settled) inProgress.delete(store.gitDir);
  });
  inProgress.set(store.gitDir, settled);
  return result;
}

async function inTurn(before: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  const done = new AbortController();
  const aborted = new Promise<void>((resolve) => {
    signal?.addEventListener("abort", () => resolve(), { once: true, signal: done.signal });
  });
  await Promise.race([before, aborted]);
  done.abort();
  signal?.throwIfAborted();
}
