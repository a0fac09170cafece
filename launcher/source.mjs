/**
 * The sources of releases, as trees in a git repository of the launcher's own. Objects come in by their content, so that
 * a name in anybody's repository cannot stand for other bytes; no setting, hook or attribute of another repository is read.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { isMark } from "./guarded.mjs";

/** What belongs to a machine or is built, and is no source; as in `agents/self/repository.ts`. */
const NOT_SOURCE = ["/node_modules", "/manifest.json", "/data", "/.env*", "/.npmrc", "/dist", "/.next"];
const LEFT_OUT = /^(\.env[^/]*|\.npmrc)$/;
const MOST_BYTES = 64 * 1024 * 1024;

/** An error in git's own words. */
class GitProblem extends Error {}

/** @param {string} home */
const gitDirOf = (home) => path.join(home, "self.git");

/** @param {string} home @param {string[]} args @param {Record<string, string>} env */
function startGit(home, args, env) {
  const own = { PATH: process.env.PATH ?? "", HOME: "/nonexistent", GIT_CONFIG_NOSYSTEM: "1", GIT_DIR: gitDirOf(home) };
  const all = /** @type {NodeJS.ProcessEnv} */ (/** @type {unknown} */ ({ ...own, ...WRITER, ...env }));
  return spawn("git", args, { env: all, stdio: "pipe" });
}

/**
 * @param {string} home @param {string[]} args
 * @param {{ input?: string | Buffer | import("node:stream").Readable, env?: Record<string, string> }} [more]
 * @returns {Promise<Buffer>} what git printed
 */
function git(home, args, { input = "", env = {} } = {}) {
  const child = startGit(home, args, env);
  return new Promise((resolve, reject) => {
    /** @type {Buffer[]} */
    const out = [];
    let size = 0;
    let said = "";
    child.stdout.on("data", (/** @type {Buffer} */ chunk) => {
      size += chunk.length;
      if (size <= MOST_BYTES) out.push(chunk);
      else child.kill("SIGKILL");
    });
    child.stderr.on("data", (chunk) => {
      said = `${said}${chunk}`.slice(-2_000);
    });
    child.stdin.on("error", () => {});
    child.once("error", reject);
    child.once("close", (status) => {
      const printed = Buffer.concat(out);
      if (status === 0) resolve(printed);
      else reject(Object.assign(new GitProblem(said.trim() || `git ${args[0]} failed`), { status, printed }));
    });
    if (typeof input === "string" || Buffer.isBuffer(input)) child.stdin.end(input);
    else input.pipe(child.stdin);
  });
}

/** Copies objects of another repository. The pack goes from git to git: in the launcher's memory its size would stay. @param {string} home @param {Buffer} objects their names @param {Record<string, string>} env */
async function takeObjects(home, objects, env) {
  const packing = startGit(home, ["pack-objects", "--quiet", "--stdout"], env);
  // If it fails, the pack is cut, and the reading git reports that.
  packing.on("error", () => {});
  packing.stdin.on("error", () => {}).end(objects);
  packing.stderr.resume();
  // This git computes each object's name again from its content.
  await git(home, ["index-pack", "--stdin", "--fsck-objects"], { input: packing.stdout });
}

const WRITER = Object.fromEntries(
  ["AUTHOR", "COMMITTER"].flatMap((who) => [
    [`GIT_${who}_NAME`, "Banyan"],
    [`GIT_${who}_EMAIL`, "banyan@localhost"],
    [`GIT_${who}_DATE`, "1000000000 +0000"],
  ]),
);

/** @param {string} home @param {string[]} args */
async function line(home, ...args) {
  return (await git(home, args)).toString().trim();
}

/** @param {string} home */
async function create(home) {
  const folder = gitDirOf(home);
  if (existsSync(path.join(folder, "info", "exclude"))) return;
  rmSync(folder, { recursive: true, force: true });
  await git(home, ["init", "--bare", "--quiet", "--template=", "--object-format=sha1"]);
  mkdirSync(path.join(folder, "info"), { recursive: true });
  // Each file is plain bytes, whatever attributes the source has.
  writeFileSync(path.join(folder, "info", "attributes"), "* -text -eol -ident -filter -working-tree-encoding\n");
  writeFileSync(path.join(folder, "info", "exclude"), `${NOT_SOURCE.join("\n")}\n`);
}

/** Reads the sources in a folder. @param {string} home @param {string} folder @param {string[]} [apart] paths below it that are no source @returns {Promise<string>} a tree */
export async function treeOf(home, folder, apart = []) {
  await create(home);
  return withIndex(home, folder, async (env) => {
    await git(home, ["-c", "core.bare=false", "-C", folder, "add", "--all", "--", "."], { env });
    // Afterwards, because a path that `git add` is told to leave out must not be ignored by git or missing.
    const left = apart.map((name) => `:(top,literal)${name}`);
    if (left.length > 0)
      await git(home, ["rm", "-r", "--force", "--cached", "--quiet", "--ignore-unmatch", "--", ...left], { env });
    return sourceOf(home, (await git(home, ["write-tree"], { env })).toString().trim());
  });
}

/**
 * A new index each time: a kill leaves git's lock on the old one, a container gives each launcher the same process
 * number, and a candidate is extracted while a person's version is read. @template T
 * @param {string} home @param {string} folder @param {(env: Record<string, string>) => Promise<T>} work @returns {Promise<T>}
 */
async function withIndex(home, folder, work) {
  removeLeft(home);
  const own = mkdtempSync(path.join(home, INDEX));
  try {
    return await work({ GIT_WORK_TREE: folder, GIT_INDEX_FILE: path.join(own, "index") });
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

const INDEX = "index-";
/** No reading of sources takes so long, so an older index is of a launcher that was killed. */
const LONGEST_MS = 60 * 60_000;

/** @param {string} home */
function removeLeft(home) {
  for (const name of readdirSync(home).filter((one) => one.startsWith(INDEX))) {
    const left = path.join(home, name);
    const stat = statSync(left, { throwIfNoEntry: false });
    if (stat && Date.now() - stat.mtimeMs > LONGEST_MS) rmSync(left, { recursive: true, force: true });
  }
}

/**
 * Takes a commit's files out of another repository's objects.
 * @param {string} home @param {string} from a git folder @param {string} commit
 * @returns {Promise<{ tree: string, base: string, judged: string }>} its tree without what no release has, and its first
 *   parent's tree, too; and a commit of the launcher's own with all files of both, for the gates
 */
export async function takeCommit(home, from, commit) {
  await create(home);
  const env = { GIT_ALTERNATE_OBJECT_DIRECTORIES: path.join(from, "objects") };
  for (const tree of [`${commit}^{tree}`, `${commit}^1^{tree}`]) {
    const objects = await git(home, ["rev-list", "--objects", "--no-object-names", tree], { env });
    await takeObjects(home, objects, env);
  }
  /** @param {string} revision */
  const named = async (revision) => (await git(home, ["rev-parse", "--verify", revision], { env })).toString().trim();
  const [tree, base] = [await named(`${commit}^{tree}`), await named(`${commit}^1^{tree}`)];
  const parent = await line(home, "commit-tree", base, "-m", "-");
  return {
    tree: await sourceOf(home, tree),
    base: await sourceOf(home, base),
    judged: await line(home, "commit-tree", tree, "-p", parent, "-m", "-"),
  };
}

/** The most characters kept of each text, because lists show them and a server gets them in its environment. */
const MOST_SAID = { title: 160, about: 500 };

/**
 * Reads a commit of another repository. No setting of that repository is obeyed.
 * @param {string} home @param {string} gitDir @param {string | null} commit
 * @returns {Promise<{ title: string | null, about: string | null }>} its subject, and the reason below it
 */
export async function saidBy(home, gitDir, commit) {
  if (commit === null) return { title: null, about: null };
  try {
    await create(home);
    const env = { GIT_ALTERNATE_OBJECT_DIRECTORIES: path.join(gitDir, "objects") };
    const args = ["show", "--no-patch", "--no-notes", "--no-show-signature", "--format=%s%x00%b", commit];
    const [title = "", body = ""] = plain((await git(home, args, { env })).toString()).split("\0");
    const about = body.split(/(?:^|\n\n)Expected: /)[0]?.trim() ?? "";
    return { title: title.trim().slice(0, MOST_SAID.title) || null, about: about.slice(0, MOST_SAID.about) || null };
  } catch {
    // A commit whose message cannot be read is released without a title.
    return { title: null, about: null };
  }
}

/** Leaves out what a terminal obeys or hides, of what others wrote. @param {string} text */
export function plain(text) {
  return text.replace(/[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029\u2800]/gu, (character) =>
    "\n\0".includes(character) ? character : character === "\t" ? " " : "",
  );
}

/**
 * Makes the same files the same tree, whether they were read from a folder or a commit, and whatever a .gitignore
 * keeps.
 * @param {string} home @param {string} tree @returns {Promise<string>} the tree without what no release has
 */
export async function sourceOf(home, tree) {
  const items = (await line(home, "ls-tree", "-z", tree)).split("\0").filter(Boolean);
  const kept = items.filter((item) => !LEFT_OUT.test(item.slice(item.indexOf("\t") + 1)));
  if (kept.length === items.length) return tree;
  return (await git(home, ["mktree", "-z"], { input: `${kept.join("\0")}\0` })).toString().trim();
}

/** @param {string} home @param {string} before a tree @param {string} after a tree @returns {Promise<string[]>} paths */
export async function changedFiles(home, before, after) {
  const said = await line(home, "diff-tree", "-r", "-z", "--no-renames", "--name-only", before, after);
  return said.split("\0").filter(Boolean);
}

/**
 * Returns what a change does, wherever it stands: paths, modes, and the lines with those around them. The same change on
 * other sources is the same text, as long as nothing near it differs.
 * @param {string} home @param {string} before a tree @param {string} after a tree
 */
export async function changeText(home, before, after) {
  const args = ["-r", "-p", "--unified=3", "--binary", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-color"];
  // Compared byte by byte, because different bytes that are not UTF-8 must not become equal.
  const lines = (await git(home, ["diff-tree", ...args, before, after])).toString("latin1").split("\n");
  // Lines of a file begin with a space, a plus or a minus, so that none of them looks like a head.
  return lines.map((line) => line.replace(/^index [0-9a-f]+\.\.[0-9a-f]+/, "index").replace(/^@@ .*/, "@@")).join("\n");
}

/** @param {string} home @param {string} tree @returns {Promise<[string, string][]>} the text of each mark of a guarded room, by its path */
export async function marksIn(home, tree) {
  const items = (await git(home, ["ls-tree", "-r", "-z", tree])).toString().split("\0").filter(Boolean);
  const marks = items
    .map((item) => {
      const [about = "", name = ""] = item.split("\t", 2);
      return { about: about.split(" "), name };
    })
    .filter(({ name }) => isMark(name));
  const found = /** @type {[string, string][]} */ ([]);
  for (const { about, name } of marks) {
    const [mode, , object = ""] = about;
    // A mark that is not a plain file names no files, so it guards its whole folder.
    const isFile = mode === "100644" || mode === "100755";
    found.push([name, isFile ? (await git(home, ["cat-file", "blob", object])).toString() : ""]);
  }
  return found;
}

/**
 * Merges what changed from `before` to `theirs` into `ours`; all are trees.
 * @param {string} home @param {{ before: string, ours: string, theirs: string }} trees
 * @returns {Promise<{ tree: string } | { conflicts: string[] }>}
 */
export async function merged(home, { before, ours, theirs }) {
  const base = await line(home, "commit-tree", before, "-m", "-");
  const [left, right] = await Promise.all(
    [ours, theirs].map((tree) => line(home, "commit-tree", tree, "-p", base, "-m", "-")),
  );
  const args = ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", left ?? "", right ?? ""];
  try {
    return { tree: (await git(home, args)).toString().split("\0")[0] ?? "" };
  } catch (error) {
    const { status, printed } = /** @type {{ status?: number, printed?: Buffer }} */ (error);
    if (status !== 1 || !printed) throw error;
    return { conflicts: printed.toString().split("\0").slice(1).filter(Boolean) };
  }
}

/** Writes a tree's files into an empty folder. @param {string} home @param {string} tree @param {string} folder */
export async function extract(home, tree, folder) {
  await withIndex(home, folder, async (env) => {
    await git(home, ["read-tree", tree], { env });
    await git(home, ["-c", "core.bare=false", "-C", folder, "checkout-index", "--all", "--quiet"], { env });
  });
}

/**
 * Tells which seeds agents changed: a release never takes them into the configuration, because no person has approved them as such.
 * Compares sources, so that it also holds for a merge with a person's version and for a release that somebody goes back to.
 * @param {string} home @param {Pick<import("./state.mjs").Release, "tree" | "persons" | "proposal">} release
 * @returns {Promise<string[] | null>} the files of `seeds/` that are not as in the person's own sources; null: nobody knows, so all are held
 */
export async function heldSeedsIn(home, { tree, persons, proposal }) {
  if (tree === persons) return tree === null && proposal !== null ? null : [];
  if (tree === null || persons === null) return null;
  try {
    return (await changedFiles(home, persons, tree)).filter((file) => file.startsWith("seeds/"));
  } catch {
    return null;
  }
}
