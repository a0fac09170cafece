/** The packages that lockfiles name, in the ecosystems whose known vulnerabilities can be looked up. */
import type { Blobs, FileTree } from "@/gates/model/tree";
import { textIn } from "@/gates/source/trees";
import { packagesOfGo } from "./go";
import { packagesOfNpm, packagesOfPnpm, packagesOfYarn } from "./javascript";
import type { Ecosystem, Locked, LockedPackage } from "./locked";
import { packagesOfPipfile, packagesOfRequirements } from "./python";
import { packagesOfToml } from "./toml";

interface Reader {
  ecosystem: Ecosystem;
  read(text: string): Locked;
}

const READERS: readonly (readonly [RegExp, Reader])[] = [
  [/^(package-lock|npm-shrinkwrap)\.json$/, { ecosystem: "npm", read: packagesOfNpm }],
  [/^pnpm-lock\.yaml$/, { ecosystem: "npm", read: packagesOfPnpm }],
  [/^yarn\.lock$/, { ecosystem: "npm", read: packagesOfYarn }],
  [/^(poetry|uv|pdm)\.lock$/, { ecosystem: "PyPI", read: packagesOfToml }],
  [/^Pipfile\.lock$/, { ecosystem: "PyPI", read: packagesOfPipfile }],
  [/^requirements[\w.-]*\.txt$/, { ecosystem: "PyPI", read: packagesOfRequirements }],
  [/^go\.mod$/, { ecosystem: "Go", read: packagesOfGo }],
  [/^Cargo\.lock$/, { ecosystem: "crates.io", read: packagesOfToml }],
];

/** Lockfiles of other ecosystems, about which the gate must not claim anything. */
const UNREAD =
  /^(Gemfile\.lock|composer\.lock|packages\.lock\.json|mix\.lock|pubspec\.lock|bun\.lockb?|Package\.resolved|gradle\.lockfile|pom\.xml)$/;

const MOST_LOCKS = 500;
const MOST_PACKAGES = 200_000;

export interface AllLocked {
  packages: LockedPackage[];
  /** Lockfiles that cannot be read, with the reason as a phrase. */
  problems: { path: string; problem: string }[];
  /** Requirements without an exact version, by their file. */
  loose: ReadonlyMap<string, number>;
}

/** Whether a path is a lockfile, of a kind that is read or of another one. */
export function isLock(path: string): boolean {
  const name = nameOf(path);
  return !isInstalled(path) && (UNREAD.test(name) || READERS.some(([pattern]) => pattern.test(name)));
}

export function lockedIn(tree: FileTree, blobs: Blobs): AllLocked {
  const all: AllLocked = { packages: [], problems: [], loose: new Map() };
  const loose = new Map<string, number>();
  const paths = [...tree.files.keys()].filter(isLock).sort();
  if (paths.length > MOST_LOCKS) throw new Error(`There are more than ${MOST_LOCKS} lockfiles.`);
  for (const path of paths) {
    const reader = READERS.find(([pattern]) => pattern.test(nameOf(path)))?.[1];
    const text = textIn(tree, path, blobs);
    if (!reader || text === null) {
      all.problems.push({ path, problem: reader ? "it is no text" : "this gate does not read lockfiles of this kind" });
      continue;
    }
    try {
      const read = reader.read(text);
      const known = new Map(
        read.packages.map(({ name, version }) => [JSON.stringify([name, version]), { name, version }]),
      );
      for (const each of known.values()) all.packages.push({ ecosystem: reader.ecosystem, ...each, path });
      if (read.loose) loose.set(path, read.loose);
    } catch {
      all.problems.push({ path, problem: "it is not as its package manager writes it" });
    }
    if (all.packages.length > MOST_PACKAGES) throw new Error(`There are more than ${MOST_PACKAGES} packages.`);
  }
  return { ...all, loose };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function isInstalled(path: string): boolean {
  return path.split("/").some((name) => name === "node_modules" || name === "vendor");
}
