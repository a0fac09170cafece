/**
 * What the commands of the tests reach in the base, from file to file: scripts of package.json, makefiles, programs that they
 * start, and files that a runner's settings load before the tests.
 */
import type { Blobs, FileTree } from "@/gates/model/tree";
import { decidesRuns, isBuildPart } from "@/lib/test-reports/setting-names";
import { isManifest, manifestIn, namedIn } from "@/lib/test-reports/test-side";
import { compileGlobs } from "@/lib/workspace/glob";
import { textIn } from "./trees";

const MOST_FILES = 200;
const MAKES = /\b(g?make|just|task)\b/;
/** Keys of settings that name files which run with the tests. */
const LOADS =
  /\b(setupFiles\w*|globalSetup|globalTeardown|testEnvironment|environment|snapshotSerializers|transform|reporters?|runner|resolver|testRunner|require|imports?|plugins)\b["']?\s*[:=]\s*(\[[^\]]*\]|\{[^}]*\}|[^\n,}]+)/g;

/** Returns whether a path is reached: a file of the base, or one that the base names and does not have. */
export function reachedFrom(commands: readonly string[], base: FileTree, blobs: Blobs): (path: string) => boolean {
  const loaded = new Set([...base.files.keys()].filter(decidesRuns).flatMap((path) => loadedBy(base, path, blobs)));
  const reached = new Set<string>();
  const texts = [...commands, ...scriptsFor(commands, textIn(base, "package.json", blobs))].map((text) => ({
    text,
    folder: "",
  }));
  for (const path of base.files.keys())
    if (commands.some((command) => MAKES.test(command)) && /(^|\/)(\w*makefile|justfile|[^/]*\.mk)$/i.test(path))
      texts.push({ text: textIn(base, path, blobs) ?? "", folder: "" });
  for (const { text, folder } of texts) {
    for (const name of namesIn(text, folder)) {
      if (reached.has(name) || reached.size >= MOST_FILES || !isBuildPart(name)) continue;
      reached.add(name);
      for (const path of [name, ...ENDINGS.map((ending) => name + ending)])
        if (base.files.has(path)) texts.push({ text: textIn(base, path, blobs) ?? "", folder: folderOf(path) });
    }
  }
  const isMatched = compileGlobs([...reached].filter((name) => name.includes("*")));
  return (path) => {
    const bare = path.replace(/\.\w+$/, "");
    if (loaded.has(path) || loaded.has(bare)) return true;
    return isBuildPart(path) && (reached.has(path) || reached.has(bare) || isMatched(path));
  };
}

/** A module is imported without its ending. */
const ENDINGS = [".js", ".mjs", ".cjs", ".ts", ".mts", ".py", ".sh"];

/** Returns the words of a text that may be paths, from the root and from the folder of its file. */
function namesIn(text: string, folder: string): string[] {
  return [...namedIn(text.split("\n"))]
    .filter((word) => word !== "" && !word.startsWith("/"))
    .flatMap((word) => [resolved("", word), resolved(folder, word)])
    .flatMap((name) => name ?? []);
}

/** Returns a path from the root; null when it leads out. */
function resolved(folder: string, word: string): string | null {
  const names: string[] = folder === "" ? [] : folder.split("/");
  for (const name of word.split("/")) {
    if (name === "..") {
      if (names.pop() === undefined) return null;
    } else if (name !== "." && name !== "") names.push(name);
  }
  return names.join("/");
}

function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}

/** Returns the scripts that commands run, with those that run before and after them, also through other scripts. */
function scriptsFor(commands: readonly string[], manifest: string | null): string[] {
  const scripts = scriptsIn(manifest);
  const wanted = new Set<string>();
  const texts = [...commands];
  for (const text of texts) {
    for (const word of namedIn([text])) {
      for (const name of [`pre${word}`, word, `post${word}`]) {
        const script = scripts.get(name);
        if (script === undefined || wanted.has(name)) continue;
        wanted.add(name);
        texts.push(script);
      }
    }
  }
  return texts.slice(commands.length);
}

/** With wireit, a script's command and the scripts before it stand under another key. */
function scriptsIn(manifest: string | null): Map<string, string> {
  const { scripts, wireit }: Record<string, unknown> = manifestIn(manifest) ?? {};
  const found = new Map<string, string>();
  for (const [name, text] of Object.entries<unknown>(Object(scripts)))
    if (typeof text === "string") found.set(name, text);
  for (const [name, script] of Object.entries<unknown>(Object(wireit))) {
    const { command, dependencies }: Record<string, unknown> = Object(script);
    const others = Array.isArray(dependencies) ? dependencies.filter((other) => typeof other === "string") : [];
    found.set(name, [found.get(name), command, ...others].filter((text) => typeof text === "string").join("\n"));
  }
  return found;
}

/** Returns the files that settings of a runner name. */
function loadedBy(base: FileTree, path: string, blobs: Blobs): string[] {
  if (isManifest(path) || /(^|\/)node_modules\//.test(path)) return [];
  const text = textIn(base, path, blobs) ?? "";
  return [...text.matchAll(LOADS)].flatMap(([, , named = ""]) =>
    namesIn(named.replaceAll("<rootDir>", "."), folderOf(path)).filter(
      (name) => name.includes("/") || name.includes("."),
    ),
  );
}
