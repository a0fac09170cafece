/** Which files of the repository an import means. What is not found is of another repository. */
import type { CodeFile, Repository } from "./repository";

const COMPILED = /\.[cm]?jsx?$/;
/** More files of one name say too little about which one is meant. */
const MOST_CANDIDATES = 40;

export interface Resolver {
  /** Returns the paths that an import of the file means. */
  of(file: CodeFile, imported: string): readonly string[];
}

interface Index {
  repository: Repository;
  code: ReadonlyMap<string, CodeFile>;
  /** Files of JavaScript and TypeScript by their path without its ending. */
  scripts: ReadonlyMap<string, string>;
  /** Files of Go by folder. */
  goFolders: ReadonlyMap<string, string[]>;
  goModules: readonly { name: string; folder: string }[];
  /** Files of Python and Java by the last two parts of their module. */
  modules: ReadonlyMap<string, string[]>;
  /** Folders of packages by the name that imports use. */
  packages: ReadonlyMap<string, string>;
  crates: ReadonlyMap<string, string>;
}

export function createResolver(repository: Repository): Resolver {
  const index = indexOf(repository);
  return {
    of(file, imported) {
      switch (file.brief.language) {
        case "python":
          return pythonFiles(index, file.path, imported);
        case "go":
          return goFiles(index, imported);
        case "java":
          return moduleFiles(index, file.path, imported.split("."), ".java");
        case "rust":
          return rustFiles(index, file.path, imported);
        default:
          return scriptFiles(index, file.path, imported);
      }
    },
  };
}

function indexOf(repository: Repository): Index {
  const goFolders = new Map<string, string[]>();
  const modules = new Map<string, string[]>();
  const scripts = new Map<string, string>();
  const add = (map: Map<string, string[]>, key: string, path: string) => {
    const list = map.get(key);
    if (list === undefined) map.set(key, [path]);
    else list.push(path);
  };
  for (const { path, brief } of repository.files) {
    const { language } = brief;
    if (language === "javascript" || language === "typescript") {
      const bare = path.slice(0, path.lastIndexOf("."));
      // A file of TypeScript is the source of one of JavaScript beside it.
      if (language === "typescript" || !scripts.has(bare)) scripts.set(bare, path);
    }
    if (language === "go") add(goFolders, folderOf(path), path);
    if (language === "python" || language === "java") add(modules, moduleKey(partsOf(path)), path);
  }
  const { goModules, packages, crates } = manifestsOf(repository);
  const code = new Map(repository.files.map((file) => [file.path, file]));
  return { repository, code, scripts, goFolders, goModules, modules, packages, crates };
}

function manifestsOf({ manifests }: Repository): Pick<Index, "goModules" | "packages" | "crates"> {
  const goModules: { name: string; folder: string }[] = [];
  const packages = new Map<string, string>();
  const crates = new Map<string, string>();
  for (const [path, text] of manifests) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (name === "go.mod") {
      const module = /^module\s+(\S+)/m.exec(text)?.[1];
      if (module) goModules.push({ name: module, folder: folderOf(path) });
    }
    if (name === "package.json") {
      const named = nameIn(text);
      if (named) packages.set(named, folderOf(path));
    }
    if (name === "Cargo.toml") {
      const named = /^\s*name\s*=\s*"([^"\n]{1,100})"/m.exec(text)?.[1];
      if (named) crates.set(named.replaceAll("-", "_"), folderOf(path));
    }
  }
  return { goModules, packages, crates };
}

function nameIn(text: string): string | null {
  try {
    const { name } = JSON.parse(text) as { name?: unknown };
    return typeof name === "string" && name !== "" ? name : null;
  } catch {
    return null;
  }
}

export function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
}

function joined(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

/** A path with an empty part, or with a part that begins with a dot. */
const UNCLEAN = /^[./]|\/[./]|\/$/;

/** Returns a path without `.` and `..`; null for one that leads out. */
function normalized(path: string): string | null {
  if (!UNCLEAN.test(path)) return path;
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join("/");
}

function scriptFiles({ code, scripts, repository, packages }: Index, from: string, imported: string): string[] {
  const start = scriptStart(repository.aliases, packages, from, imported);
  if (start === null) return [];
  if (code.has(start)) return [start];
  const bare = start.replace(COMPILED, "");
  for (const name of [bare, joined(bare, "index"), joined(bare, "src/index")]) {
    const path = scripts.get(name);
    if (path !== undefined) return [path];
  }
  return [];
}

function scriptStart(
  aliases: Repository["aliases"],
  packages: Index["packages"],
  from: string,
  imported: string,
): string | null {
  if (imported.startsWith("./")) return normalized(joined(folderOf(from), imported.slice("./".length)));
  if (imported.startsWith(".")) return normalized(`${folderOf(from)}/${imported}`);
  for (const [beginning, folder] of Object.entries(aliases))
    if (imported.startsWith(beginning)) return normalized(`${folder}/${imported.slice(beginning.length)}`);
  const parts = imported.split("/");
  const count = imported.startsWith("@") ? 2 : 1;
  const folder = packages.get(parts.slice(0, count).join("/"));
  return folder === undefined ? null : normalized(`${folder}/${parts.slice(count).join("/")}`);
}

/** The parts of a module's path, without its ending. */
function partsOf(path: string): string[] {
  const parts = path.slice(0, path.lastIndexOf(".")).split("/");
  if (parts.at(-1) === "__init__" && parts.length > 1) parts.pop();
  return parts;
}

function moduleKey(parts: readonly string[]): string {
  return parts.slice(-2).join("/");
}

function pythonFiles(index: Index, from: string, imported: string): string[] {
  if (!imported.startsWith(".")) return moduleFiles(index, from, imported.split("."), ".py");
  const dots = /^\.+/.exec(imported)?.[0].length ?? 1;
  const up = "../".repeat(dots - 1);
  const start = normalized(`${folderOf(from)}/${up}${imported.slice(dots).replaceAll(".", "/")}`);
  if (start === null) return [];
  return [`${start}.py`, joined(start, "__init__.py")].filter((path) => index.code.has(path));
}

/** Finds `a.b.c` as `…/a/b/c`, wherever the sources begin; of several the nearest to who imports it. */
function moduleFiles(index: Index, from: string, parts: readonly string[], ending: string): string[] {
  const wanted = parts.join("/");
  const [only] = parts;
  // One name is a file beside the importing one, or one where the sources begin.
  const folders = [folderOf(from).split("/").at(-1) ?? "", "", "src", "lib"];
  const keys = parts.length > 1 ? [moduleKey(parts)] : folders.map((folder) => joined(folder, only ?? ""));
  const candidates = [...new Set(keys)]
    .flatMap((key) => index.modules.get(key) ?? [])
    .slice(0, MOST_CANDIDATES)
    .filter((path) => path.endsWith(ending) && `/${partsOf(path).join("/")}`.endsWith(`/${wanted}`));
  if (candidates.length <= 1) return candidates;
  const near = (path: string) => commonLength(path, from);
  return [candidates.reduce((best, path) => (near(path) > near(best) ? path : best))];
}

function commonLength(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at;
}

function goFiles({ goModules, goFolders }: Index, imported: string): string[] {
  for (const { name, folder } of goModules) {
    if (imported !== name && !imported.startsWith(`${name}/`)) continue;
    const path = normalized(`${folder}/${imported.slice(name.length)}`);
    if (path !== null) return goFolders.get(path) ?? [];
  }
  return [];
}

function rustFiles({ code, crates }: Index, from: string, imported: string): string[] {
  const stem = from.slice(from.lastIndexOf("/") + 1, -".rs".length);
  const isRoot = stem === "mod" || stem === "lib" || stem === "main";
  const own = isRoot ? folderOf(from) : joined(folderOf(from), stem);
  const at = (folder: string, parts: readonly string[]) => {
    for (let length = parts.length; length > 0; length--) {
      const base = joined(folder, parts.slice(0, length).join("/"));
      const found = [`${base}.rs`, `${base}/mod.rs`].find((path) => code.has(path));
      if (found !== undefined) return [found];
    }
    return [];
  };
  if (imported.startsWith("mod ")) return at(own, [imported.slice("mod ".length)]);
  const [first = "", ...rest] = imported.split(".");
  if (first === "self") return at(own, rest);
  if (first === "super") return at(folderOf(own), rest);
  const crate = crates.get(first);
  const source = first === "crate" ? sourceOf(from) : crate === undefined ? null : joined(crate, "src");
  if (source === null) return at(own, [first, ...rest]);
  const found = at(source, rest);
  const roots = ["lib.rs", "main.rs"].map((name) => joined(source, name)).filter((path) => code.has(path));
  return [...found, ...roots.slice(0, 1)];
}

function sourceOf(path: string): string {
  const at = `/${path}`.lastIndexOf("/src/");
  return at < 0 ? folderOf(path) : path.slice(0, at + "src".length);
}
