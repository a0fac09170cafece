import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { GitError, type GitOptions, runGit } from "./run";

/** Written last, so a store without it is incomplete. */
const READY = "banyan-ready";

/** A trusted bare repository with the history of a folder of a workspace. */
export interface Store {
  gitDir: string;
  /** The folder of the workspace that it belongs to, as path segments below the root. */
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

/** Returns the store of the folder or of its nearest parent that has one; null when there is none. */
export function findStore(cacheDir: string, parts: readonly string[]): Store | null {
  for (let length = parts.length; length >= 0; length--) {
    const store = storeFor(cacheDir, parts.slice(0, length));
    if (fs.existsSync(path.join(store.gitDir, READY))) return store;
  }
  return null;
}

/** Attributes in a repository can set encodings, line ends and filters; here every file is plain bytes. */
const PLAIN_ATTRIBUTES =
  "* -text -eol -ident -filter -diff -merge -working-tree-encoding -export-subst -export-ignore\n";

/**
 * Makes the store, or finds it made. It first removes the locks that a killed git has left, so call it only while no other
 * git writes to the store.
 */
export async function createStore(store: Store, git: Pick<GitOptions, "signal" | "lockFd"> = {}): Promise<void> {
  fs.mkdirSync(store.gitDir, { recursive: true, mode: 0o700 });
  fs.rmSync(path.join(store.gitDir, READY), { force: true });
  await removeLocks(store);
  await runGit(["init", "--bare", "--quiet", "--template=", store.gitDir], { gitDir: store.gitDir, ...git });
  fs.mkdirSync(path.join(store.gitDir, "info"), { recursive: true });
  // Written once: another git may be reading it now.
  if (!isCreated(store)) fs.writeFileSync(attributesOf(store), PLAIN_ATTRIBUTES);
}

/** Git locks a file by a new one beside it, and refuses to write while that one is there. */
async function removeLocks({ gitDir }: Store): Promise<void> {
  const refs = path.join(gitDir, "refs");
  const below = fs.existsSync(refs) ? await fs.promises.readdir(refs, { recursive: true }) : [];
  const files = [...fs.readdirSync(gitDir), ...below.map((name) => path.join("refs", name))];
  for (const name of files.filter((file) => file.endsWith(".lock")))
    fs.rmSync(path.join(gitDir, name), { recursive: true, force: true });
}

/** Whether the store can be read: `createStore` has ended once. */
export function isCreated(store: Store): boolean {
  const file = attributesOf(store);
  return fs.existsSync(file) && fs.readFileSync(file, "utf8") === PLAIN_ATTRIBUTES;
}

const attributesOf = ({ gitDir }: Store) => path.join(gitDir, "info", "attributes");

export function markReady(store: Store): void {
  fs.writeFileSync(path.join(store.gitDir, READY), "");
}

export function removeStore(store: Store): void {
  fs.rmSync(store.gitDir, { recursive: true, force: true });
}

/**
 * Returns branch, commit and number of commits. Throws a `GitError` when history is missing, as in a partial clone or a
 * clone that borrows objects.
 */
export async function factsOf(store: Store, signal?: AbortSignal): Promise<RepositoryFacts> {
  const options = { gitDir: store.gitDir, signal };
  const head = readHead(store);
  const branch = head.startsWith("ref: refs/heads/") ? head.slice("ref: refs/heads/".length) : null;
  const unborn = branch !== null && !(await refExists(`refs/heads/${branch}`, options));
  if (unborn) return { branch, commit: null, commits: 0 };
  const commit = (await runGit(["rev-parse", "--verify", "HEAD^{commit}"], options)).trim();
  const commits = Number((await runGit(["rev-list", "--count", "HEAD"], options)).trim());
  // Counting commits does not open their trees, so this opens the newest tree.
  await runGit(["ls-tree", "-r", "-z", "HEAD"], { ...options, onOutput: () => undefined });
  return { branch, commit, commits };
}

const HEAD_MAX_BYTES = 1024;

function readHead(store: Store): string {
  const file = path.join(store.gitDir, "HEAD");
  const size = fs.statSync(file, { throwIfNoEntry: false })?.size;
  if (size === undefined || size > HEAD_MAX_BYTES) throw new GitError("its HEAD is missing or not a reference.");
  return fs.readFileSync(file, "utf8").trim();
}

async function refExists(ref: string, options: { gitDir: string; signal?: AbortSignal }): Promise<boolean> {
  const found = await runGit(["for-each-ref", "--format=%(refname)", ref], options);
  return found.split("\n").includes(ref);
}

const inProgress = new Map<string, Promise<unknown>>();

/**
 * Runs work on one store, one after the other. Rejects with the signal's reason when it aborts before its turn; with
 * p-limit, a single caller cannot leave the queue.
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
