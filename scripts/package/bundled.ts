/** The packages that come inside ours, described so that npm fetches nothing and runs nothing when it installs them. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

interface Manifest {
  version?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

const DROPPED = [
  "scripts",
  "gypfile",
  "devDependencies",
  "optionalDependencies",
  "peerDependencies",
  "peerDependenciesMeta",
];

/**
 * Describes the packages in the folder's `node_modules`, also nested ones.
 * @returns the names and versions of the outer ones
 */
export function bundlePackages(folder: string): Record<string, string> {
  const outer: Record<string, string> = {};
  for (const name of packagesIn(folder)) outer[name] = describe(folder, path.join(folder, "node_modules", name));
  return outer;
}

/** A package depends on those that are there: npm packs a nested one only if its outer one names it. Returns its version. */
function describe(root: string, place: string): string {
  for (const name of packagesIn(place)) describe(root, path.join(place, "node_modules", name));
  const file = path.join(place, "package.json");
  const manifest = JSON.parse(readFileSync(file, "utf8")) as Manifest & Record<string, unknown>;
  const { dependencies, optionalDependencies, peerDependencies } = manifest;
  const wanted = Object.entries({ ...peerDependencies, ...optionalDependencies, ...dependencies });
  for (const key of DROPPED) delete manifest[key];
  manifest.dependencies = Object.fromEntries(wanted.filter(([name]) => isThere(root, place, name)));
  writeFileSync(file, `${JSON.stringify(manifest)}\n`);
  return manifest.version ?? "0.0.0";
}

/** Looks where Node does: in the package, then in each folder above. */
function isThere(root: string, place: string, name: string): boolean {
  for (let at = place; ; at = path.dirname(at)) {
    if (existsSync(path.join(at, "node_modules", name, "package.json"))) return true;
    if (at === root) return false;
  }
}

function packagesIn(folder: string): string[] {
  const modules = path.join(folder, "node_modules");
  if (!existsSync(modules)) return [];
  return readdirSync(modules).flatMap((name) =>
    name.startsWith("@") ? readdirSync(path.join(modules, name)).map((part) => `${name}/${part}`) : [name],
  );
}
