/** Prepares the two versions: their files in folders of their own beside each other, packages, and the built bench. */
import {
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
  symlinkSync,
} from "node:fs";
import path from "node:path";
import { changedFiles, checkRepository, commitOf, filesOf, writeCommit } from "./git";
import { CompareProblem } from "./problem";
import { runNode } from "./run-node";
import type { Workplace } from "./workplace";

const LOCK_FILE = "package-lock.json";
const PARTS = ["scripts/bench/bench.ts", "scripts/bench/workloads.ts", "scripts/build.mjs"];
/** Files that decide what a workload does, apart from the code that it measures. */
const WORKLOAD_FILES =
  /^(scripts\/bench\/(?!bench\.|child\.|machine\.|row\.|workloads\.)[^/]+(?<!\.test)\.(ts|mjs)|agents\/testing\/instant\.ts)$/;

/** Installs packages if asked, builds the version's bench with its own build, and prints the names of its workloads. */
const BUILD = `
import { pathToFileURL } from "node:url";
const [folder, install] = process.argv.slice(1);
const load = (file) => import(pathToFileURL(folder + "/" + file).href);
try {
  if (install === "install") await (await load("scripts/setup.mjs")).ensureInstalled(folder);
  const entries = { bench: folder + "/scripts/bench/bench.ts", workloads: folder + "/scripts/bench/workloads.ts" };
  await (await load("scripts/build.mjs")).bundle(folder, entries, "dist/run");
  const names = Object.keys((await load("dist/run/workloads.mjs")).WORKLOADS);
  await new Promise((resolve) => process.stdout.write(JSON.stringify(names), resolve));
  process.exit(0);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
`;

export interface Version {
  /** The name that the person gave; `here` for the checkout. */
  name: string;
  /** Null when the working files of a folder are measured. */
  commit: string | null;
  /** Files that differ from the commit that the folder has checked out. */
  changed: number;
  folder: string;
  workloads: string[];
}

/** `root` is the checkout, with its packages installed. Throws a `CompareProblem`. */
export async function prepareVersions(
  root: string,
  ref: string,
  place: Workplace,
  say: (line: string) => void,
): Promise<{ base: Version; head: Version }> {
  await checkRepository(root);
  const [baseFolder, headFolder] = [path.join(place.folder, "base"), path.join(place.folder, "head")];
  const base = await writeBase(root, ref, baseFolder);
  await copyFiles(root, headFolder);
  const head = { name: "here", commit: null, changed: await changedFiles(root) };
  return {
    base: { ...base, folder: baseFolder, workloads: await build(root, ref, baseFolder, place.signal, say) },
    head: { ...head, folder: headFolder, workloads: await build(root, "here", headFolder, place.signal, say) },
  };
}

/** A revision of git takes precedence over a folder of the same name. */
async function writeBase(root: string, ref: string, folder: string): Promise<Omit<Version, "folder" | "workloads">> {
  const commit = await commitOf(root, ref);
  if (commit !== null) {
    mkdirSync(folder);
    await writeCommit(root, commit, folder);
    return { name: ref, commit, changed: 0 };
  }
  const other = path.resolve(root, ref);
  if (ref === "" || !statSync(other, { throwIfNoEntry: false })?.isDirectory())
    throw new CompareProblem(
      `There is no commit and no folder ${JSON.stringify(ref)}: name a branch, a tag, a commit, or a folder with another clone.`,
    );
  await checkRepository(other);
  await copyFiles(other, folder);
  return { name: ref, commit: null, changed: await changedFiles(other) };
}

/** Copies the files as they are now, so that editing them during the comparison changes nothing. */
async function copyFiles(from: string, to: string): Promise<void> {
  mkdirSync(to);
  for (const name of await filesOf(from)) {
    const [source, target] = [path.join(from, name), path.join(to, name)];
    const stat = lstatSync(source, { throwIfNoEntry: false });
    if (!stat || stat.isDirectory()) continue;
    mkdirSync(path.dirname(target), { recursive: true });
    if (stat.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else copyFileSync(source, target, constants.COPYFILE_FICLONE);
  }
}

async function build(
  root: string,
  name: string,
  folder: string,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<string[]> {
  const missing = PARTS.find((part) => !existsSync(path.join(folder, part)));
  if (missing !== undefined)
    throw new CompareProblem(`${name} cannot be compared: it has no ${missing}. Name a newer version.`);
  const isShared = sameLock(root, folder);
  if (isShared) symlinkSync(realpathSync(path.join(root, "node_modules")), path.join(folder, "node_modules"));
  say(isShared ? `Building ${name} …` : `Installing the packages of ${name}, which are others, and building it …`);
  const { status, stdout, stderr } = await runNode(BUILD, [folder, isShared ? "" : "install"], { folder, signal });
  if (status === 0) return JSON.parse(stdout) as string[];
  say(stderr.trim());
  throw new CompareProblem(`${name} does not build (see above), so it cannot be compared.`);
}

/** Whether both versions lock the same packages, so that links to the installed ones are enough. */
function sameLock(root: string, folder: string): boolean {
  const [own, other] = [path.join(root, LOCK_FILE), path.join(folder, LOCK_FILE)];
  return existsSync(own) && existsSync(other) && readFileSync(own).equals(readFileSync(other));
}

/** Returns the files of the workloads that differ: their rows may measure other work, not other code. */
export function workloadDifferences(base: Version, head: Version): string[] {
  const [before, after] = [workloadFilesIn(base.folder), workloadFilesIn(head.folder)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .sort();
}

function workloadFilesIn(folder: string): Map<string, string> {
  const names = ["scripts/bench", "tests/agents", "agents/testing"].flatMap((above) =>
    existsSync(path.join(folder, above)) ? readdirSync(path.join(folder, above)).map((name) => `${above}/${name}`) : [],
  );
  const files = names.filter((name) => WORKLOAD_FILES.test(name));
  return new Map(files.map((name) => [name, withoutImports(readFileSync(path.join(folder, name), "utf8"))]));
}

/** A moved file changes the imports of other files, but not what they do. */
function withoutImports(text: string): string {
  return text.replace(/^import [^;]*;\n/gm, "");
}
