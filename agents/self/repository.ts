/**
 * The source of the running release as a repository of its own, `self.git` in the data folder: agents start from its
 * branch `permanent`, and each proposal is a branch `self/<proposal>/<try>` with one commit on it. Nobody else writes
 * there, and no checkout of a person is changed.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { IDENTITY } from "@/lib/apply/merged";
import { eachItem, GitError, runGit } from "@/lib/git/run";
import { shellWord } from "@/lib/process/shell-word";
import { realPathOf } from "@/lib/workspace/path";
import { makeScratchFolder } from "@/lib/workspace/scratch-folder";
import { mergeMessage } from "./messages";

export const PERMANENT = "permanent";

export interface SelfRepository {
  gitDir: string;
  /** Whether anybody has asked for the source yet. */
  exists(): boolean;
  /** Returns the commit of the running release. Its branch only moves forward. */
  permanent(): Promise<string>;
  /** Returns whether the commit is in the history of `permanent`. */
  hasReleased(commit: string): Promise<boolean>;
}

interface SelfPlaces {
  dataDir: string;
  /** In no source, wherever it is. */
  databaseFile?: string;
  /** The running release's files. */
  program: string;
  /** The person's clone, whose history the release continues, if there is one. */
  checkout: string;
  /** Whether this process works on tasks. Others, such as a command in a changed checkout, take the branch as it is. */
  isWorker: boolean;
}

export function gitDirIn(dataDir: string): string {
  return join(dataDir, "self.git");
}

/** Returns the command with which a person takes a branch into a checkout. */
export function pullCommand(gitDir: string, branch: string): string {
  return `git pull ${shellWord(gitDir)} ${shellWord(branch)}`;
}

export function openSelfRepository(places: SelfPlaces): SelfRepository {
  const gitDir = gitDirIn(places.dataDir);
  // A release never changes while it runs.
  let known: Promise<string> | undefined;
  const permanent = () => {
    known ??= releaseCommit(gitDir, places).catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
  return {
    gitDir,
    exists: () => existsSync(gitDir),
    permanent,
    hasReleased: async (commit) => isAncestor(gitDir, commit, await permanent()),
  };
}

async function releaseCommit(gitDir: string, places: SelfPlaces): Promise<string> {
  const before = existsSync(gitDir) ? await commitAt(gitDir, `refs/heads/${PERMANENT}`) : null;
  return before !== null && !places.isWorker ? before : commitRelease(gitDir, places);
}

/** What belongs to a machine, not to the source, also where no `.gitignore` says so. */
const NOT_SOURCE = ["/node_modules", "/manifest.json", "/data", "/.env", "/.env.local", "/.npmrc", "/dist", "/.next"];
/** What a release leaves out of its checkout's source (launcher/releases.mjs). */
const LEFT_OUT = /^(\.env[^/]*|\.npmrc)$/;

async function commitRelease(
  gitDir: string,
  { program, checkout, dataDir, databaseFile }: SelfPlaces,
): Promise<string> {
  await createOnce(gitDir);
  const git = { gitDir };
  const history = await broughtHistory(gitDir, { program, checkout });
  const apart = apartIn(program, databaseFile === undefined ? [dataDir] : [dataDir, databaseFile]);
  const tree = await treeOfRelease(gitDir, { program, apart }, history);
  const before = await commitAt(gitDir, `refs/heads/${PERMANENT}`);
  if (before !== null && (await ask(gitDir, ["rev-parse", `${before}^{tree}`])) === tree) return before;
  const isAsCommitted = history !== null && (await ask(gitDir, ["rev-parse", `${history}^{tree}`])) === tree;
  const follows = isAsCommitted && (before === null || (await isAncestor(gitDir, before, history)));
  const parents = [history, before].filter((parent) => parent !== null);
  const isMerge = !isAsCommitted && history !== null && before !== null && (await isApart(gitDir, history, before));
  const message = isMerge ? await mergeMessage(gitDir, history, before) : MESSAGE;
  const commit = follows
    ? history
    : await ask(gitDir, ["commit-tree", tree, ...parents.flatMap((parent) => ["-p", parent]), "-m", message], IDENTITY);
  await runGit(["update-ref", `refs/heads/${PERMANENT}`, commit, before ?? "0".repeat(40)], git);
  return commit;
}

const MESSAGE = "The source of the release that runs";

/** Whether each has something that the other lacks. */
async function isApart(gitDir: string, a: string, b: string): Promise<boolean> {
  return !(await isAncestor(gitDir, a, b)) && !(await isAncestor(gitDir, b, a));
}

async function createOnce(gitDir: string): Promise<void> {
  // Written last: what a kill has left of the repository is made whole.
  const exclude = join(gitDir, "info", "exclude");
  if (existsSync(exclude)) return;
  const init = ["init", "--bare", "--quiet", "--template=", "--object-format=sha1", `--initial-branch=${PERMANENT}`];
  await runGit([...init, gitDir], { gitDir });
  mkdirSync(join(gitDir, "info"), { recursive: true });
  // Each file is plain bytes, whatever the release's own attributes say.
  writeFileSync(join(gitDir, "info", "attributes"), "* -text -eol -ident -filter -merge -working-tree-encoding\n");
  writeFileSync(`${exclude}.new`, `${NOT_SOURCE.join("\n")}\n`);
  renameSync(`${exclude}.new`, exclude);
}

/** Returns the commit of the person's clone that the release was made from, with its history; null without one. */
async function broughtHistory(gitDir: string, { program, checkout }: Pick<SelfPlaces, "program" | "checkout">) {
  const commit = commitInManifest(program) ?? (await commitAt(join(checkout, ".git"), "HEAD"));
  if (commit === null) return null;
  if ((await commitAt(gitDir, commit)) !== null) return commit;
  try {
    const from = join(checkout, ".git");
    await runGit(["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", from, "+HEAD:refs/checkout/head"], {
      gitDir,
      env: { GIT_ALLOW_PROTOCOL: "file" },
    });
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
  }
  return commitAt(gitDir, commit);
}

function commitInManifest(program: string): string | null {
  const manifest = join(program, "manifest.json");
  if (!existsSync(manifest)) return null;
  return (JSON.parse(readFileSync(manifest, "utf8")) as { commit: string | null }).commit;
}

/** Returns the paths of a server's data by their place, whatever their name is, with what SQLite keeps beside. */
function apartIn(program: string, places: readonly string[]): string[] {
  const root = realPathOf(program) ?? program;
  return places
    .map((place) => relative(root, realPathOf(place) ?? place))
    .filter((below) => below !== "" && !below.startsWith("../"))
    .flatMap((below) => ["", "-wal", "-shm", "-journal"].map((suffix) => `${below}${suffix}`));
}

/** Reads the release's files into a tree. The release is Banyan's own copy, or in development the checkout itself. */
async function treeOfRelease(
  gitDir: string,
  { program, apart }: { program: string; apart: readonly string[] },
  history: string | null,
): Promise<string> {
  // A new one each time: a kill leaves git's lock on it, and behind walls each server has the same process number.
  const own = makeScratchFolder(gitDir, "index-");
  const env = { GIT_INDEX_FILE: join(own, "index"), GIT_WORK_TREE: program };
  const git = { gitDir, env };
  try {
    await runGit(["read-tree", ...(history === null ? ["--empty"] : [history])], git);
    await runGit(["-c", "core.bare=false", "-C", program, "add", "--all", "--", "."], git);
    // Afterwards, because a path that `git add` is told to leave out must not be ignored by git or missing.
    if (apart.length > 0)
      await runGit(
        [
          "-c",
          "core.bare=false",
          "-C",
          program,
          "rm",
          "-r",
          "--force",
          "--cached",
          "--quiet",
          "--ignore-unmatch",
          "--",
          ...apart,
        ],
        git,
      );
    if (history !== null) await restoreLeftOut(git, history);
    return (await runGit(["write-tree"], git)).trim();
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

async function restoreLeftOut(git: { gitDir: string; env: Record<string, string> }, history: string): Promise<void> {
  const gone: string[] = [];
  await eachItem(["ls-tree", "-z", history], git, (item) => {
    const [mode = "", , oid = ""] = item.slice(0, item.indexOf("\t")).split(" ");
    const name = item.slice(item.indexOf("\t") + 1);
    if (LEFT_OUT.test(name) && mode.startsWith("100")) gone.push("--cacheinfo", `${mode},${oid},${name}`);
  });
  if (gone.length > 0) await runGit(["update-index", "--add", ...gone], git);
}

async function commitAt(gitDir: string, revision: string): Promise<string | null> {
  try {
    return await ask(gitDir, ["rev-parse", "--verify", "--quiet", `${revision}^{commit}`]);
  } catch (error) {
    if (error instanceof GitError) return null;
    throw error;
  }
}

async function isAncestor(gitDir: string, older: string, newer: string): Promise<boolean> {
  try {
    await runGit(["merge-base", "--is-ancestor", older, newer], { gitDir });
    return true;
  } catch (error) {
    if (error instanceof GitError) return false;
    throw error;
  }
}

async function ask(gitDir: string, args: string[], env: Record<string, string> = {}): Promise<string> {
  return (await runGit(args, { gitDir, env })).trim();
}
