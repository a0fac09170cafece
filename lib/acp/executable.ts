/** Finds the programs that a person installed, and the files of the machine that they need in a sandbox. */
import fs from "node:fs";
import path from "node:path";

export interface Executable {
  /** The path on the host, without links. */
  file: string;
  /** The version in the package that it belongs to; null for a program without one. */
  version: string | null;
  licence: string | null;
  /** The paths of the host that the sandbox shows, read-only. */
  readOnly: { source: string; at: string }[];
  /** The path in the sandbox. */
  inside: string;
}

const PLACE = "/opt/agent";
const PACKAGES = "node_modules";
const MANIFEST_BYTES = 1_000_000;

/**
 * Returns the first of these programs on the search path, which has the form of PATH; null when there is none. Nothing
 * in the folder `outside` counts, because agents write there and could plant a program.
 */
export function findExecutable(
  names: readonly string[],
  searchPath: string,
  outside: string | null = null,
): Executable | null {
  const folders = searchPath.split(":").filter((folder) => path.isAbsolute(folder));
  const planted = outside === null ? null : fs.realpathSync(outside);
  for (const name of names) {
    const candidates = path.isAbsolute(name) ? [name] : folders.map((folder) => path.join(folder, name));
    for (const candidate of candidates.filter(isProgram)) {
      const file = fs.realpathSync(candidate);
      const places = [file, `${fs.realpathSync(path.dirname(candidate))}/`];
      if (planted === null || !places.some((place) => place.startsWith(`${planted}/`))) return executableAt(file);
    }
  }
  return null;
}

function isProgram(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

function executableAt(file: string): Executable {
  const manifest = manifestOf(file);
  const textOf = (name: string) => (typeof manifest[name] === "string" ? manifest[name].slice(0, 100) : null);
  const own = { file, version: textOf("version"), licence: textOf("license") };
  if (file.startsWith("/usr/")) return { ...own, readOnly: [], inside: file };
  const packages = outermostPackages(file);
  if (packages === null) {
    const inside = path.posix.join(PLACE, path.basename(file));
    return { ...own, readOnly: [{ source: file, at: inside }], inside };
  }
  // A package finds what it needs beside itself.
  const at = path.posix.join(PLACE, PACKAGES);
  return { ...own, readOnly: [{ source: packages, at }], inside: at + file.slice(packages.length) };
}

function outermostPackages(file: string): string | null {
  const parts = file.split("/");
  const index = parts.indexOf(PACKAGES);
  return index < 0 ? null : parts.slice(0, index + 1).join("/");
}

/** Returns the package.json of the package that holds the file, for files of packages only. */
function manifestOf(file: string): Record<string, unknown> {
  if (outermostPackages(file) === null) return {};
  for (let folder = path.dirname(file); path.basename(folder) !== PACKAGES; folder = path.dirname(folder)) {
    const manifest = path.join(folder, "package.json");
    try {
      if (fs.statSync(manifest).size > MANIFEST_BYTES) return {};
      const parsed: unknown = JSON.parse(fs.readFileSync(manifest, "utf8"));
      const isNamed = typeof parsed === "object" && parsed !== null && "version" in parsed;
      if (isNamed) return parsed as Record<string, unknown>;
    } catch {
      // The package's own manifest is further up.
    }
  }
  return {};
}
