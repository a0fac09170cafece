/** What is wrong with the entries of a lock: their sources, their checksums and the scripts that they run. */
import type { Finding } from "@/core/shapes/improving/gates";
import { fault } from "@/gates/model/gate";
import { GROUPS, installedIn, type Lock, type Locked, type Manifest, packageAt } from "./manifests";

const STRONG = /^sha(256|384|512)-/;
/** In npm's overrides a key may be a package in a version, or the package itself. */
const ANY = "*";

interface LockPlace {
  /** The lock's path. */
  path: string;
  lock: Lock;
  before: Lock | null;
  /** Packages that may run a script. */
  scripts: readonly string[];
  /** Null for any, because a first lock has nothing to compare with. */
  hosts: ReadonlySet<string> | null;
  /** From `aliasesIn`. */
  aliases: ReadonlySet<string>;
}

export function packageFaults(place: string, locked: Locked, of: LockPlace): Finding[] {
  const name = packageAt(place);
  const known = of.before?.packages?.[place];
  const findings: Finding[] = [];
  const add = (text: string) => findings.push(fault(text, { path: of.path }));
  if (!isSame(known, locked) && !isBundled(place, locked, of.lock)) {
    const source = aliasFault(name, locked, of.aliases) ?? sourceFault(name, locked, of.hosts);
    if (source) add(`${name} ${source}.`);
    else if (!STRONG.test(locked.integrity ?? "")) add(`${name} has no strong checksum (integrity).`);
  }
  if (known && known.version === locked.version && known.integrity !== locked.integrity && known.integrity)
    add(`${name} has another checksum than on the base, in the same version ${locked.version}.`);
  if (locked.hasInstallScript && !known?.hasInstallScript && !of.scripts.includes(name))
    add(`${name} runs a script when it is installed.`);
  return findings;
}

function isSame(known: Locked | undefined, { name, version, integrity, resolved }: Locked): boolean {
  return (
    known !== undefined &&
    known.name === name &&
    known.version === version &&
    known.integrity === integrity &&
    known.resolved === resolved
  );
}

/** Whether the package comes inside another one, whose checksum covers it. npm does not trust the flag alone. */
function isBundled(place: string, { inBundle, resolved, integrity }: Locked, { packages }: Lock): boolean {
  if (!inBundle || resolved !== undefined || integrity !== undefined) return false;
  const parts = place.split("/node_modules/");
  return parts.some((_, at) => {
    const outer = parts.slice(0, at).join("/node_modules/");
    // A package of the repository is not fetched, so it brings none.
    const bundled = outer.includes("node_modules/") && packages?.[outer]?.bundleDependencies;
    return Array.isArray(bundled) ? bundled.length > 0 : bundled === true;
  });
}

/** Returns the hosts that packages may come from; null for any, because a first lock has nothing to compare with. */
export function knownHosts(before: Lock | null, named: readonly string[]): ReadonlySet<string> | null {
  if (before === null && named.length === 0) return null;
  return new Set([...named, ...installedIn(before).flatMap(([, { resolved }]) => hostOf(resolved) ?? [])]);
}

/** Returns the packages that something asks for under another name, as "name package". */
export function aliasesIn({ packages }: Lock, { overrides }: Manifest): ReadonlySet<string> {
  const asked = Object.values(packages ?? {}).flatMap((locked) =>
    GROUPS.flatMap((group) => Object.entries(locked[group])),
  );
  return new Set([
    ...asked.flatMap(([name, wanted]) => targetOf(wanted).map((own) => `${name} ${own}`)),
    ...overriding(overrides).map((own) => `${ANY} ${own}`),
  ]);
}

function overriding(value: unknown): string[] {
  if (typeof value === "string") return targetOf(value);
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(overriding) : [];
}

/** "npm:left@^1.0.0" asks for the package left. */
function targetOf(wanted: string): string[] {
  return /^npm:(@?[^@]+)/.exec(wanted)?.slice(1) ?? [];
}

function aliasFault(name: string, { name: own = name }: Locked, aliases: ReadonlySet<string>): string | null {
  if (own === name || aliases.has(`${name} ${own}`) || aliases.has(`${ANY} ${own}`)) return null;
  return `is the package ${own} under another name, for which nothing asks`;
}

/** Returns what is wrong with a package's source, as a phrase; null for a registry that the base uses too. */
function sourceFault(
  name: string,
  { name: own = name, version = "", resolved }: Locked,
  known: ReadonlySet<string> | null,
): string | null {
  // npm may leave the address out: then the package comes from the registry in npm's settings.
  if (resolved === undefined) return null;
  const host = hostOf(resolved);
  if (host === null) return "does not come from a registry over https";
  if (known !== null && !known.has(host)) return `comes from ${host}, which is not a source of the base`;
  return isAddressOf(resolved, own, version) ? null : `${version} comes from the address of another package or version`;
}

/**
 * Whether a registry has this version at the address: `/left/-/left-1.0.0.tgz`, below any path. Some put the version in a
 * folder, and no "-".
 */
function isAddressOf(resolved: string, name: string, version: string): boolean {
  const folders = decoded(new URL(resolved).pathname).split("/");
  const file = folders.pop()?.replace(/\+.*(?=\.tgz$)/, "") ?? "";
  const plain = version.replace(/\+.*/, "");
  const names = name.split("/");
  if (![`${names.at(-1)}-${plain}.tgz`, `${plain}.tgz`].includes(file) || folders.includes("..")) return false;
  const dash = folders.lastIndexOf("-");
  return folders.some((folder, at) => {
    if (dash >= 0 && at + names.length !== dash) return false;
    // "@other/left" is another package than "left".
    if (!folder.startsWith("@") && folders[at - 1]?.startsWith("@")) return false;
    return names.every((part, index) => folders[at + index] === part);
  });
}

function decoded(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}

function hostOf(resolved: string | undefined): string | null {
  if (resolved === undefined || !URL.canParse(resolved)) return null;
  const { protocol, host, pathname } = new URL(resolved);
  return protocol === "https:" && pathname.endsWith(".tgz") ? host : null;
}
