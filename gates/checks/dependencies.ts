/** Packages: the lock agrees with package.json, every package has a checksum, and none runs a script unasked. */
import fs from "node:fs";
import path from "node:path";
import semver from "semver";
import type { Finding } from "@/core/shapes/improving/gates";
import { plural } from "@/core/words/figures";
import { type Change, fault, flag, type Gate, type GateContext, measured, notMeasured } from "@/gates/model/gate";
import { packagesIn } from "@/gates/running/packages";
import { changedPackages } from "./changed-packages";
import {
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
const GROUPS = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"] as const;
const OTHER_LOCKS = ["pnpm-lock.yaml", "yarn.lock", "bun.lock", "bun.lockb"];
const STRONG = /^sha(256|384|512)-/;

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
    const hosts = knownHosts(before, settings.dependencies.hosts);
    const all = [
      ...findings,
      ...(isChanged ? [flag("The packages of this change differ from those of the base.")] : []),
      ...changedPackages(before, lock, packagesIn(context.root, "node_modules")),
      ...drift(manifest, lock),
      ...packages.flatMap(([place, locked]) =>
        packageFaults(place, locked, before, { hosts, scripts: settings.dependencies.install_scripts }),
      ),
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

function packageFaults(
  place: string,
  locked: Locked,
  before: Lock | null,
  allowed: { scripts: readonly string[]; hosts: ReadonlySet<string> | null },
): Finding[] {
  const name = packageAt(place);
  const known = before?.packages?.[place];
  const isSame = known?.integrity === locked.integrity && known?.resolved === locked.resolved;
  const findings: Finding[] = [];
  const add = (text: string) => findings.push(fault(text, { path: LOCK }));
  if (!isSame && !locked.inBundle) {
    const source = sourceFault(locked, allowed.hosts);
    if (source) add(`${name} ${source}.`);
    else if (!STRONG.test(locked.integrity ?? "")) add(`${name} has no strong checksum (integrity).`);
  }
  if (known && known.version === locked.version && known.integrity !== locked.integrity && known.integrity)
    add(`${name} has another checksum than on the base, in the same version ${locked.version}.`);
  if (locked.hasInstallScript && !known?.hasInstallScript && !allowed.scripts.includes(name))
    add(`${name} runs a script when it is installed.`);
  return findings;
}

/** Returns the hosts that packages may come from; null for any, because a first lock has nothing to compare with. */
function knownHosts(before: Lock | null, named: readonly string[]): ReadonlySet<string> | null {
  if (before === null && named.length === 0) return null;
  return new Set([...named, ...installedIn(before).flatMap(([, { resolved }]) => hostOf(resolved) ?? [])]);
}

/** Returns what is wrong with a package's source, as a phrase; null for a registry that the base uses too. */
function sourceFault({ resolved }: Locked, known: ReadonlySet<string> | null): string | null {
  // npm may leave the address out: then the package comes from the registry in npm's settings.
  if (resolved === undefined) return null;
  const host = hostOf(resolved);
  if (host === null) return "does not come from a registry over https";
  return known === null || known.has(host) ? null : `comes from ${host}, which is not a source of the base`;
}

function hostOf(resolved: string | undefined): string | null {
  if (resolved === undefined || !URL.canParse(resolved)) return null;
  const { protocol, host, pathname } = new URL(resolved);
  return protocol === "https:" && pathname.endsWith(".tgz") ? host : null;
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
