/** Names the packages that a change adds, replaces and removes, with the scripts that a new one runs when it is installed. */
import fs from "node:fs";
import path from "node:path";
import type { Finding, PackageChange } from "@/core/shapes/improving/gates";
import { flag, note } from "@/gates/model/gate";
import { installedAt } from "@/gates/running/packages";
import { installedIn, type Lock, type Locked, packageAt } from "./manifests";
import { similarName } from "./similar-names";

const SCRIPTS = ["preinstall", "install", "postinstall"];
const MOST_CHARACTERS = 300;

/** `root` is the folder in whose `node_modules` packages are installed, and `path` is the lock. */
export function changedPackages(
  before: Lock | null,
  after: Lock,
  { path: lock, root }: { path: string; root: string },
): Finding[] {
  const at = { path: lock };
  const [old, current] = [byName(before), byName(after)];
  const findings = [...current].flatMap(([name, copies]) => {
    const known = old.get(name);
    if (known && keyOf(known) === keyOf(copies)) return [];
    const fresh = copies.filter(({ locked }) => !known?.some((copy) => isSame(copy.locked, locked)));
    const twin = known ? null : similarName(name, old.keys());
    const installs = scriptTexts(fresh, root);
    const changed = {
      name,
      before: known ? versionsOf(known) : null,
      after: versionsOf(copies),
      installs: installs === "" ? null : installs,
      imitates: twin,
    };
    return [
      about(changed, flag([changeText(changed), installs].filter(Boolean).join(" "), at)),
      ...(twin === null
        ? []
        : [flag(`${name} is new and its name looks like ${twin}: it may be an imitation (typo-squat).`, at)]),
    ];
  });
  const gone = [...old].filter(([name]) => !current.has(name));
  return [
    ...findings,
    ...gone.map(([name, copies]) => {
      const removed = { name, before: versionsOf(copies), after: null, installs: null, imitates: null };
      return about(removed, note(`${name} ${removed.before} is removed.`, at));
    }),
  ];
}

const about = (changed: PackageChange, finding: Finding): Finding => ({ ...finding, package: changed });

interface Copy {
  place: string;
  locked: Locked;
}

function byName(lock: Lock | null): Map<string, Copy[]> {
  const found = new Map<string, Copy[]>();
  for (const [place, locked] of installedIn(lock)) {
    const name = packageAt(place);
    found.set(name, [...(found.get(name) ?? []), { place, locked }]);
  }
  return found;
}

function isSame(a: Locked, b: Locked): boolean {
  return a.version === b.version && a.integrity === b.integrity && a.resolved === b.resolved;
}

/** The same versions in other folders run the same code. */
function keyOf(copies: readonly Copy[]): string {
  const keys = copies.map(({ locked: { version, integrity, resolved } }) => `${version} ${integrity} ${resolved}`);
  return [...new Set(keys)].sort().join("\n");
}

/** With the package's own name where it is installed under another one. */
function versionsOf(copies: readonly Copy[]): string {
  const versions = copies.map(({ place, locked: { name, version = "without a version" } }) =>
    name === undefined || name === packageAt(place) ? version : `${name}@${version}`,
  );
  return [...new Set(versions)].sort().join(", ");
}

function changeText({ name, before, after }: PackageChange): string {
  if (before === null) return `${name} ${after} is new.`;
  return before === after ? `${name} ${after} has another source or checksum.` : `${name}: ${before} → ${after}.`;
}

function scriptTexts(copies: readonly Copy[], root: string): string {
  const texts = copies.flatMap(({ place, locked }) => scriptText(place, locked, root) ?? []);
  return [...new Set(texts)].join(" ");
}

/** Returns what the package runs when it is installed, as a sentence; null for nothing. */
function scriptText(place: string, { version, hasInstallScript }: Locked, root: string): string | null {
  const folder = installedAt(root, place);
  const scripts = folder && installedScripts(folder, version);
  if (!scripts)
    return hasInstallScript
      ? "It runs a script when it is installed, which is not shown: it is not installed here."
      : null;
  const named = SCRIPTS.filter((name) => typeof scripts[name] === "string");
  if (named.length > 0)
    return `When it is installed, it runs ${named.map((name) => `${name}: “${short(String(scripts[name]))}”`).join(", ")}.`;
  // Without a script, npm builds the module that a binding.gyp describes.
  return hasInstallScript ? "When it is installed, npm builds its native part (binding.gyp)." : null;
}

/** A stranger wrote it, so deceptive characters are shown as codes. */
function short(text: string): string {
  const plain = text.replace(/[^\x20-\x7e]/gu, (sign) => `U+${sign.codePointAt(0)?.toString(16).padStart(4, "0")}`);
  return plain.length > MOST_CHARACTERS ? `${plain.slice(0, MOST_CHARACTERS)}…` : plain;
}

/** Returns null unless this version is installed. */
function installedScripts(folder: string, version: string | undefined): Record<string, unknown> | null {
  try {
    const manifest = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
    return manifest.version === version ? { ...manifest.scripts } : null;
  } catch {
    return null;
  }
}
