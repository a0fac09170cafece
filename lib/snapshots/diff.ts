import { type Change, changesBetween, EMPTY_TREE, isGitsPath } from "./changes";
import { type Git, requireCommits, runGit } from "./git";
import { storedPath } from "./names";
import type { SnapshotDiff } from "./port";

const DEFAULT_PATCH_BYTES = 1024 * 1024;
const NOTHING: ReadonlySet<string> = new Set();
/** Above it git compares everything, because its command line would be too long. */
const MOST_NAMED = 1_000;

interface DiffOptions {
  maxBytes?: number;
  withGit?: boolean;
  path?: string;
  leaveOut?: ReadonlySet<string>;
}

export async function diffSnapshots(
  git: Git,
  fromCommit: string | null,
  to: string,
  { maxBytes = DEFAULT_PATCH_BYTES, withGit = false, path, leaveOut = NOTHING }: DiffOptions,
): Promise<SnapshotDiff> {
  await requireCommits(git, ...(fromCommit === null ? [] : [fromCommit]), to);
  const from = fromCommit ?? EMPTY_TREE;
  const changes = await changesBetween(git, from, to, path);
  const isLeftOut = (change: Change) => (!withGit && isGitsPath(change.path)) || leaveOut.has(change.path);
  const named = namedPaths(changes, isLeftOut, path, leaveOut);
  const patch = createPatch(within(changes, named), maxBytes, isLeftOut);
  const args = [
    "--literal-pathspecs",
    "-c",
    "core.quotePath=false",
    "diff-tree",
    "-r",
    "-p",
    "--no-renames",
    "--no-ext-diff",
    "--no-textconv",
  ];
  const decoder = new TextDecoder();
  const only = named === null ? [] : ["--", ...named.map(storedPath)];
  // Without a path after "--", git would compare everything.
  if (only.length !== 1)
    await runGit(git, [...args, "--no-color", from, to, ...only], {
      onOutput: (chunk) => patch.take(decoder.decode(chunk, { stream: true })),
    });
  const shown = withoutSideEffects(changes).filter((change) => !isLeftOut(change));
  const pathsOf = (kind: Change["kind"]) => shown.filter((change) => change.kind === kind).map(({ path }) => path);
  return { added: pathsOf("added"), modified: pathsOf("modified"), deleted: pathsOf("deleted"), ...patch.end() };
}

/** Returns the paths that git compares; null for all. It does not read thousands of packages that nobody is shown. */
function namedPaths(
  changes: readonly Change[],
  isLeftOut: (change: Change) => boolean,
  path: string | undefined,
  leaveOut: ReadonlySet<string>,
): string[] | null {
  if (path !== undefined) return [path];
  if (leaveOut.size === 0) return null;
  const shown = changes.filter((change) => !isLeftOut(change)).map((change) => change.path);
  return shown.length > MOST_NAMED ? null : shown;
}

/** Returns the changes at and below the paths, which are those that git shows when it is asked for these paths. */
function within(changes: Change[], paths: readonly string[] | null): Change[] {
  if (paths === null) return changes;
  const named = new Set(paths);
  return changes.filter(({ path }) => {
    if (named.has(path)) return true;
    for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1))
      if (named.has(path.slice(0, slash))) return true;
    return false;
  });
}

/** Removes folders that became empty or are no longer empty, when files that left or arrived already show it. */
function withoutSideEffects(changes: Change[]): Change[] {
  const touched = new Set<string>();
  for (const { path } of changes) {
    const own = path.endsWith("/") ? path.length - 1 : path.length;
    for (let slash = path.indexOf("/"); slash >= 0 && slash < own; slash = path.indexOf("/", slash + 1)) {
      touched.add(path.slice(0, slash + 1));
    }
  }
  return changes.filter(({ path }) => !touched.has(path));
}

/**
 * Git shows stored paths, so each part of its patch gets the real path of its change; both come in the same order.
 * Parts for binary files and empty folders are left out.
 */
function createPatch(changes: Change[], maxBytes: number, isLeftOut: (change: Change) => boolean) {
  // Git shows a change of type as the end of one file and the beginning of another.
  const parts = changes.flatMap((change) => (change.isOtherType ? [change, change] : [change]));
  let rest = "";
  let text = "";
  let bytes = 0;
  let truncated = false;
  /** The lines of a part before its first hunk; null inside hunks, and where a part is left out. */
  let header: string[] | null = null;
  let isShown = false;
  let change: Change | undefined;
  const lines: SnapshotDiff["lines"] = new Map();

  const put = (line: string): boolean => {
    if (bytes + Buffer.byteLength(line) + 1 > maxBytes) truncated = true;
    if (truncated) return false;
    bytes += Buffer.byteLength(line) + 1;
    text += `${line}\n`;
    return true;
  };
  const putHeader = (): boolean => {
    const shown = header ?? [];
    header = null;
    isShown =
      change !== undefined &&
      !isLeftOut(change) &&
      !change.path.endsWith("/") &&
      !shown.some((line) => line.startsWith("Binary files "));
    if (isShown && change && !lines.has(change.path)) lines.set(change.path, { added: 0, removed: 0 });
    return !isShown || shown.every((line) => put(withPath(line, change?.path ?? "")));
  };
  const takeLine = (line: string): boolean => {
    if (line.startsWith("diff --git ")) {
      if (header && !putHeader()) return false;
      header = [line];
      change = parts.shift();
      return true;
    }
    if (header && !line.startsWith("@@")) {
      header.push(line);
      return true;
    }
    if (header && !putHeader()) return false;
    if (!isShown) return true;
    if (!put(line)) return false;
    count(line);
    return true;
  };
  const count = (line: string): void => {
    const counted = lines.get(change?.path ?? "");
    if (counted && line.startsWith("+")) counted.added += 1;
    if (counted && line.startsWith("-")) counted.removed += 1;
  };
  return {
    take(more: string): boolean {
      const whole = (rest + more).split("\n");
      rest = whole.pop() ?? "";
      // A line above the limit of the whole patch ends it.
      if (rest.length > Math.max(maxBytes, 1024 * 1024)) truncated = true;
      // Before the first part, git prints the names of the commits.
      return whole.every(takeLine) && !truncated;
    },
    end(): Pick<SnapshotDiff, "patch" | "lines" | "truncated"> {
      if (header) putHeader();
      return { patch: text, lines, truncated };
    },
  };
}

function withPath(line: string, path: string): string {
  if (line.startsWith("diff --git ")) return `diff --git ${shown(`a/${path}`)} ${shown(`b/${path}`)}`;
  if (line.startsWith("--- ") && line !== "--- /dev/null")
    return `--- ${shown(`a/${path}`)}${path.includes(" ") ? "\t" : ""}`;
  if (line.startsWith("+++ ") && line !== "+++ /dev/null")
    return `+++ ${shown(`b/${path}`)}${path.includes(" ") ? "\t" : ""}`;
  return line;
}

/** Returns a name with control characters, quotes or backslashes in double quotes, as git does. */
function shown(path: string): string {
  const isPlain = ![...path].some((character) => character < " " || '"\\\x7f'.includes(character));
  if (isPlain) return path;
  const escaped = [...path].map((character) => {
    if (character === '"' || character === "\\") return `\\${character}`;
    if (character === "\n") return "\\n";
    if (character === "\t") return "\\t";
    return character < " " || character === "\x7f"
      ? `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`
      : character;
  });
  return `"${escaped.join("")}"`;
}
