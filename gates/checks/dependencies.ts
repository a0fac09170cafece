/** Packages: the lock agrees with package.json, every package has a checksum, and none runs a script unasked. */
import fs from "node:fs";
import path from "node:path";
import semver from "semver";
import type { Finding } from "@/core/shapes/improving/gates";
import { plural } from "@/core/words/figures";
import { type Change, fault, flag, type Gate, type GateContext, measured, notMeasured } from "@/gates/model/gate";
import type { Blobs, FileTree } from "@/gates/model/tree";
import { packagesIn } from "@/gates/running/packages";
import { textIn } from "@/gates/source/trees";
import { manifestIn as objectIn } from "@/lib/test-reports/test-side";
import { changedPackages } from "./changed-packages";
import { aliasesIn, knownHosts, packageFaults } from "./locked-packages";
import {
  GROUPS,
  installedIn,
  LOCK,
  type Lock,
  type Locked,
  lockIn,
  lockPathIn,
  MANIFEST,
  type Manifest,
  manifestIn,
  packageAt,
  SHRINKWRAP,
} from "./manifests";

const INSTALL_SCRIPTS = [
  "preinstall",
  "install",
  "postinstall",
  "prepublish",
  "preprepare",
  "prepare",
  "postprepare",
  "predependencies",
  "dependencies",
  "postdependencies",
  "pnpm:devPreinstall",
];
/** npm builds a package that has such a file and no script for it, and the file may name commands. */
const NATIVE = /\.gypi?$/i;
const OTHER_LOCKS = ["pnpm-lock.yaml", "yarn.lock", "bun.lock", "bun.lockb"];

export const dependencies: Gate = {
  name: "dependencies",
  needsSandbox: false,
  off({ change }) {
    return change.head.files.has(MANIFEST) ? null : "The repository has no package.json.";
  },
  async judge(context) {
    const { change, settings } = context;
    const { head, base, blobs } = change;
    const lockPath = lockPathIn(head);
    const link = [MANIFEST, lockPath].find((file) => head.files.get(file)?.kind === "link");
    if (link !== undefined) return notMeasured(`${link} is a link, which this gate does not follow.`);
    let read: { manifest: Manifest | null; lock: Lock | null; before: Lock | null; findings: Finding[] };
    try {
      read = {
        manifest: manifestIn(head, MANIFEST, blobs),
        lock: lockIn(head, blobs),
        before: lockIn(base, blobs),
        findings: [
          ...newShrinkwrap(change),
          ...trackedPackages(change),
          ...ownScripts(change, settings.dependencies.install_scripts),
          ...npmSettings(change),
        ],
      };
    } catch {
      return measured("Not readable.", [fault(`package.json or ${lockPath} is not as npm writes it.`)]);
    }
    const { manifest, lock, before, findings } = read;
    const isChanged = change.paths.some(({ path: file }) =>
      [MANIFEST, LOCK, SHRINKWRAP, ...OTHER_LOCKS].includes(file),
    );
    const packages = installedIn(lock);
    // The root may have no packages of its own beside those of its workspaces.
    if (!manifest || namesOf(manifest).length + packages.length === 0) return measured("No packages.", findings);
    if (!lock?.packages || (before && !before.packages))
      return withoutLock(change, findings, isChanged, before !== null);
    const { hosts, install_scripts: scripts } = settings.dependencies;
    const place = {
      path: lockPath,
      lock,
      before,
      scripts,
      hosts: knownHosts(before, hosts),
      aliases: aliasesIn(lock, manifest),
    };
    const all = [
      ...findings,
      ...(isChanged ? [flag("The packages of this change differ from those of the base.")] : []),
      ...changedPackages(before, lock, { path: lockPath, root: context.root }),
      ...drift(manifest, lock, { path: lockPath }),
      ...packages.flatMap(([at, locked]) => packageFaults(at, locked, place)),
      ...notAsInstalled(context, packages),
    ];
    const summary = `${plural(packages.length, "package")}, ${isChanged ? "changed" : "as on the base"}.`;
    return measured(summary, all, { packages: packages.length });
  },
};

/** Without a lock, or with one of an npm before version 7, which names no packages by their places. */
function withoutLock({ head }: Change, findings: Finding[], isChanged: boolean, hadLock: boolean) {
  const lockPath = lockPathIn(head);
  const hasLock = head.files.has(lockPath);
  if (findings.some(({ kind }) => kind === "fault")) return measured("Faults in package.json.", findings);
  if (hadLock && !hasLock)
    return measured("The lock is gone.", [...findings, fault("The change removes the lock.", { path: LOCK })]);
  // A change is not judged by packages that stay the same.
  if (!isChanged)
    return measured(`${hasLock ? "An old lock" : "No package-lock.json"}; the packages are as on the base.`, findings);
  const other = OTHER_LOCKS.find((name) => head.files.has(name)) ?? "A repository without package-lock.json";
  return notMeasured(
    `${hasLock ? `The form of ${lockPath}, here or on the base,` : other} is not read by this gate.`,
    findings,
  );
}

function newShrinkwrap({ base, head }: Change): Finding[] {
  if (base.files.has(SHRINKWRAP) || !head.files.has(SHRINKWRAP) || !head.files.has(LOCK)) return [];
  return [fault(`npm reads this new file instead of ${LOCK}.`, { path: SHRINKWRAP })];
}

/** Code of packages belongs to their registry: nobody reads it in a change. */
function trackedPackages({ paths }: Change): Finding[] {
  return paths
    .filter(({ path: file }) => file.split("/").includes("node_modules"))
    .map(({ path: file, change }) => fault(`A file of an installed package is ${change}.`, { path: file }));
}

/** The scripts of the repository's own packages, below the root too. */
function ownScripts({ base, head, blobs, paths }: Change, allowed: readonly string[]): Finding[] {
  if (allowed.includes(".")) return [];
  const manifests = paths.filter(({ path: file }) => path.posix.basename(file) === MANIFEST && head.files.has(file));
  const native = paths.filter(({ path: file, change }) => NATIVE.test(file) && change !== "deleted");
  return [
    ...manifests.flatMap(({ path: file }) => {
      const place = { path: file };
      const [scripts, before] = [scriptsIn(head, file, blobs), scriptsIn(base, file, blobs)];
      // npm cannot read it either: it may be made for a test.
      if (scripts === null) return [flag("This package.json cannot be read, so its scripts are not known.", place)];
      return INSTALL_SCRIPTS.filter((name) => scripts[name] !== undefined && scripts[name] !== before?.[name]).map(
        (name) => fault(`The change sets the script ${name}, which runs when somebody installs.`, place),
      );
    }),
    ...native.map(({ path: file, change }) =>
      fault(`This file is ${change}, and npm runs its commands when somebody installs.`, { path: file }),
    ),
  ];
}

/** Returns null for a file that is missing or no JSON object. Of other mistakes in it npm makes less than a schema does. */
function scriptsIn(tree: FileTree, file: string, blobs: Blobs): Record<string, string> | null {
  const manifest = objectIn(textIn(tree, file, blobs));
  if (manifest === null) return null;
  const { scripts } = manifest;
  const entries = typeof scripts === "object" && scripts !== null ? Object.entries(scripts) : [];
  return Object.fromEntries(entries.filter(([, text]) => typeof text === "string"));
}

/** npm's settings name registries, and programs that npm loads. */
function npmSettings({ paths }: Change): Finding[] {
  return paths
    .filter(({ path: file }) => path.posix.basename(file) === ".npmrc")
    .map(({ path: file, change }) => flag(`Settings of npm are ${change}.`, { path: file }));
}

/** Compared as `npm ci` does: the lock's copy of package.json, and whether the locked versions fit. */
function drift(manifest: Manifest, lock: Lock, place: { path: string }): Finding[] {
  const packages = lock.packages ?? {};
  const root = packages[""];
  if (!root) return [fault("The lock does not name the repository's own packages.", place)];
  return GROUPS.flatMap((group) => {
    const [wanted, copied] = [manifest[group], root[group]];
    const names = [...new Set([...Object.keys(wanted), ...Object.keys(copied)])];
    return names.flatMap((name) => {
      if (wanted[name] !== copied[name])
        return [
          fault(
            `${group} of ${name}: ${wanted[name] ?? "none"} in package.json, ${copied[name] ?? "none"} here.`,
            place,
          ),
        ];
      const locked = packages[`node_modules/${name}`];
      if (!locked)
        return group.startsWith("dev") || group === "dependencies" ? [fault(`The lock lacks ${name}.`, place)] : [];
      return fits(wanted[name] ?? "", locked)
        ? []
        : [fault(`${name} is locked at ${locked.version}, and package.json asks for ${wanted[name]}.`, place)];
    });
  });
}

/** Only ranges of versions can be compared; tags, addresses and other names are not ranges. */
function fits(range: string, { version }: Locked): boolean {
  if (version === undefined || semver.validRange(range) === null) return true;
  return semver.satisfies(version, range, { includePrerelease: true });
}

/** The tests run with the installed packages, which may be those of another lock. */
function notAsInstalled({ root, settings }: GateContext, packages: readonly [string, Locked][]): Finding[] {
  const folder = settings.packages.includes("node_modules") ? packagesIn(root, "node_modules") : null;
  if (folder === null) return [];
  const present = presentIn(folder);
  if (present === null) return [];
  const other = packages.filter(([place, { version, optional }]) => {
    const installed = present.packages?.[place];
    return installed ? installed.version !== version : !optional;
  });
  if (other.length === 0) return [];
  const named = other.slice(0, 3).map(([place]) => packageAt(place));
  return [flag(`${other.length} installed packages are not those of the lock (${named.join(", ")}): run npm ci.`)];
}

function presentIn(folder: string): Lock | null {
  try {
    const text = fs.readFileSync(path.join(folder, ".package-lock.json"), "utf8");
    return JSON.parse(text) as Lock;
  } catch {
    return null;
  }
}

function namesOf(manifest: Manifest): string[] {
  return GROUPS.flatMap((group) => Object.keys(manifest[group]));
}
