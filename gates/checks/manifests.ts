/** package.json and package-lock.json, as far as the gates read them. */
import { z } from "zod";
import type { Blobs, FileTree } from "@/gates/model/tree";
import { textIn } from "@/gates/source/trees";

export const GROUPS = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"] as const;

const Versions = z.record(z.string(), z.string()).default({});

export const Manifest = z.object({
  name: z.string().optional(),
  scripts: Versions,
  overrides: z.unknown().optional(),
  dependencies: Versions,
  devDependencies: Versions,
  optionalDependencies: Versions,
  peerDependencies: Versions,
});
export type Manifest = z.infer<typeof Manifest>;

const Locked = z.object({
  /** The package's own name, where it is installed under another one. */
  name: z.string().optional(),
  version: z.string().optional(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  link: z.boolean().optional(),
  inBundle: z.boolean().optional(),
  bundleDependencies: z.unknown().optional(),
  hasInstallScript: z.boolean().optional(),
  optional: z.boolean().optional(),
  dependencies: Versions,
  devDependencies: Versions,
  optionalDependencies: Versions,
  peerDependencies: Versions,
});
export type Locked = z.infer<typeof Locked>;

const Lock = z.object({ lockfileVersion: z.number(), packages: z.record(z.string(), Locked).optional() });
export type Lock = z.infer<typeof Lock>;

export const LOCK = "package-lock.json";
export const SHRINKWRAP = "npm-shrinkwrap.json";
export const MANIFEST = "package.json";
/** The folder of an installed package in the lock's paths. */
const INSTALLED = "node_modules/";

/** Returns null when the tree has no such file; throws for a file that npm would not write. */
export function manifestIn(tree: FileTree, path: string, blobs: Blobs): Manifest | null {
  const text = textIn(tree, path, blobs);
  return text === null ? null : Manifest.parse(JSON.parse(text));
}

/** Returns the path of the lock that npm reads: where there is a shrinkwrap, it passes over the other. */
export function lockPathIn({ files }: FileTree): string {
  return files.has(SHRINKWRAP) ? SHRINKWRAP : LOCK;
}

/** Returns null when the tree has none; throws for a file that npm would not write. */
export function lockIn(tree: FileTree, blobs: Blobs): Lock | null {
  const text = textIn(tree, lockPathIn(tree), blobs);
  return text === null ? null : Lock.parse(JSON.parse(text));
}

/** Returns the packages of a lock that are installed, by their places. */
export function installedIn(lock: Lock | null): [string, Locked][] {
  return Object.entries(lock?.packages ?? {}).filter(([place, { link }]) => place.includes(INSTALLED) && !link);
}

/** `node_modules/a/node_modules/@b/c` is the package `@b/c`. */
export function packageAt(place: string): string {
  return place.slice(place.lastIndexOf(INSTALLED) + INSTALLED.length);
}
