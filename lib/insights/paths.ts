/** Which files of a commit a look reads, by their names. */

/** Folders with code that other people maintain, or that a build wrote. */
const FOREIGN_FOLDERS: ReadonlySet<string> = new Set([
  "node_modules",
  "bower_components",
  "vendor",
  "third_party",
  "third-party",
  "site-packages",
  "venv",
  ".venv",
  "__pycache__",
  "dist",
  "out",
  "target",
  ".next",
  "coverage",
  "generated",
  "__generated__",
]);
const GENERATED = /(?:\.min\.[cm]?js|\.bundle\.js|\.pb\.go|_pb2(?:_grpc)?\.py|\.generated\.[a-z]+|\.g\.[a-z]+)$/;

export function isForeign(path: string): boolean {
  const folders = path.split("/");
  const name = folders.pop() ?? "";
  return (
    GENERATED.test(name) || name.startsWith("zz_generated") || folders.some((folder) => FOREIGN_FOLDERS.has(folder))
  );
}

const MANIFESTS: ReadonlySet<string> = new Set([
  "package.json",
  "package-lock.json",
  "go.mod",
  "Cargo.toml",
  "pyproject.toml",
]);

export function isManifest(path: string): boolean {
  return path === "tsconfig.json" || MANIFESTS.has(path.slice(path.lastIndexOf("/") + 1));
}
