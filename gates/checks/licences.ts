/** Licences: every package that the change brings has one that the settings allow. */
import fs from "node:fs";
import path from "node:path";
import satisfies from "spdx-satisfies";
import { plural } from "@/core/words/figures";
import { fault, type Gate, measured, notMeasured } from "@/gates/model/gate";
import { installedAt } from "@/gates/running/packages";
import { installedIn, type Locked, lockIn, lockPathIn, packageAt } from "./manifests";

export const licences: Gate = {
  name: "licences",
  needsSandbox: false,
  off: ({ settings }) => (settings.licences ? null : "The settings allow no licences."),
  async judge({ change, settings, root }) {
    const { base, head, blobs } = change;
    const lock = lockIn(head, blobs);
    if (!lock?.packages) return notMeasured("There is no package-lock.json that names packages.");
    // A package that the base has already is not this change's fault, and need not be installed here.
    const before = new Set(installedIn(lockIn(base, blobs)).map(keyOf));
    const packages = installedIn(lock).filter(([, { optional }]) => !optional);
    const allow = settings.licences?.allow ?? [];
    const missing: string[] = [];
    const findings = packages.flatMap((entry) => {
      if (before.has(keyOf(entry))) return [];
      const [place, { version }] = entry;
      const folder = installedAt(root, place);
      const licence = folder && licenceOf(folder, version);
      if (licence === null) missing.push(packageAt(place));
      if (licence === null || isAllowed(licence, allow)) return [];
      const text = `${packageAt(place)} ${version} has the licence ${licence || "(none)"}, which is not allowed.`;
      return [fault(text, { path: lockPathIn(head) })];
    });
    if (findings.length === 0 && missing.length > 0)
      return notMeasured(
        `${missing.length} new packages are not installed in this version (${missing.slice(0, 3).join(", ")}).`,
      );
    return measured(`${plural(packages.length, "package")}, ${findings.length} new with another licence.`, findings, {
      packages: packages.length,
    });
  },
};

/** The same content may lie at another place. */
function keyOf([place, { version, integrity, resolved }]: [string, Locked]): string {
  return JSON.stringify([packageAt(place), version, integrity, resolved]);
}

/** Returns the licence of an installed package, "" where it names none; null when this version is not installed. */
export function licenceOf(folder: string, version: string | undefined): string | null {
  try {
    const manifest = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
    if (manifest.version !== version) return null;
    const { license, licenses } = manifest;
    if (typeof license === "string") return license;
    // Older forms: an object, or a list of objects, of which one may be chosen.
    const types = [license, ...(Array.isArray(licenses) ? licenses : [])]
      .map((license) => license?.type)
      .filter(Boolean);
    return types.join(" OR ");
  } catch {
    return null;
  }
}

function isAllowed(licence: string, allow: readonly string[]): boolean {
  try {
    return satisfies(licence, [...allow]);
  } catch {
    // Not an SPDX expression, such as "SEE LICENSE IN …".
    return allow.includes(licence);
  }
}
