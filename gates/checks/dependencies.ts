/** Packages: the lock agrees with package.json, every package has a checksum, and none runs a script unasked. */
import fs from "node:fs";
import path from "node:path";
import semver from "semver";
import type { Finding } from "@/core/shapes/improving/gates";
import { plural } from "@/core/words/figures";
import { type Change, fault, flag, type Gate, type GateContext, measured, notMeasured } from "@/gates/model/gate";
import { packagesIn } from "@/gates/running/packages";
import { changedPackages } from "./changed-packages";
import { aliasesIn, knownHosts, packageFaults } from "./locked-packages";
import {
  GROUPS,
  installedIn,
  LOCK,
  type Lock,
  type Locked,
  lockIn,
  MANIFEST,
  type Manifest,
  manifestIn,
  packageAt,
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
    let read: { manifest: Manifest | null; lock: Lock | null; before: Lock | null; findings: Finding[] };
    try {
      read = {
        manifest: manifestIn(head, MANIFEST, blobs),
        lock: lockIn(head, LOCK, blobs),
        before: lockIn(base, LOCK, blobs),
        findings: [
          ...trackedPackages(change),
          ...ownScripts(change, settings.dependencies.install_scripts),
          ...npmSettings(change),
        ],
      };
    } catch {
      return measured("Not readable.", [fault("package.json or package-lock.json is not as npm writes it.")]);
    }
    const { manifest, lock, before, findings } = read;
    const isChanged = change.paths.some(({ path: file }) => [MANIFEST, LOCK, ...OTHER_LOCKS].includes(file));
    if (!manifest || namesOf(manifest).length === 0) return measured("No packages.", findings);
    if (!lock?.packages) return withoutLock(change, findings, isChanged, before !== null);
    const packages = installedIn(lock);
    const { hosts, install_scripts: scripts } = settings.dependencies;
    const place = {
      path: LOCK,
      lock,
      before,
      scripts,
      hosts: knownHosts(before, hosts),
      aliases: aliasesIn(lock, manifest),
    };
    const all = [
      ...findings,
      ...(isChanged ? [flag("The packages of this change differ from those of the base.")] : []),
      ...changedPackages(before, lock, packagesIn(context.root, "node_modules")),
      ...drift(manifest, lock),
      ...packages.flatMap(([at, locked]) => packageFaults(at, locked, place)),
      ...notAsInstalled(context, packages),
    ];
    const summary = `${plural(packages.length, "package")}, ${isChanged ? "changed" : "as on the base"}.`;
    return measured(summary, all, { packages: packages.length });
  },
};

function withoutLock({ head }: Change, findings: Finding[], isChanged: boolean, hadLock: boolean) {
  const other = OTHER_LOCKS.find((name) => head.files.has(name));
  if (findings.some(({ kind }) => kind === "fault")) return measured("Faults in package.json.", findings);
  if (hadLock)
    return measured("The lock is gone.", [...findings, fault("The change removes the lock.", { path: LOCK })]);
  // A change is not judged by packages that stay the same.
  if (!isChanged) return measured("No package-lock.json; the packages are as on the base.", findings);
  return notMeasured(`${other ?? "A repository without package-lock.json"} is not read by this gate.`, findings);
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
  const manifests = paths.filter(({ path: file }) => file === MANIFEST || file.endsWith(`/${MANIFEST}`));
  const native = paths.filter(({ path: file, change }) => NATIVE.test(file) && change !== "deleted");
  return [
    ...manifests.flatMap(({ path: file }) => {
      const [scripts, before] = [manifestIn(head, file, blobs)?.scripts, manifestIn(base, file, blobs)?.scripts];
      return INSTALL_SCRIPTS.filter((name) => scripts?.[name] !== undefined && scripts[name] !== before?.[name]).map(
        (name) => fault(`The change sets the script ${name}, which runs when somebody installs.`, { path: file }),
      );
    }),
    ...native.map(({ path: file, change }) =>
      fault(`This file is ${change}, and npm runs its commands when somebody installs.`, { path: file }),
    ),
  ];
}

/** npm's settings name registries, and programs that npm loads. */
function npmSettings({ paths }: Change): Finding[] {
  return paths
    .filter(({ path: file }) => path.posix.basename(file) === ".npmrc")
    .map(({ path: file, change }) => flag(`Settings of npm are ${change}.`, { path: file }));
}

/** Compared as `npm ci` does: the lock's copy of package.json, and whether the locked versions fit. */
function drift(manifest: Manifest, lock: Lock): Finding[] {
  const packages = lock.packages ?? {};
  const root = packages[""];
  const place = { path: LOCK };
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
