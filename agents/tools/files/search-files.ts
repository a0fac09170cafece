import fs from "node:fs";
import { z } from "zod";
import { type ToolContext, worldTool } from "@/agents/tools/contract/tool";
import { type FileFilter, fileFilter } from "@/lib/workspace/file-filter";
import { decodeText, readAll } from "@/lib/workspace/files";
import { createLineMatcher, type FoundLine, type LineMatcher } from "@/lib/workspace/line-matcher";
import { errorCode, isHiddenFile, openFileForReading } from "@/lib/workspace/open";
import { WorkspaceError, type WorkspaceView } from "@/lib/workspace/path";
import { walkVisible } from "@/lib/workspace/walk-visible";
import { answeringOn } from "./workspace-tool";

const DEFAULT_RESULTS = 100;
const SEARCHED_FILE_MAX_BYTES = 4 * 1024 * 1024;
const SEARCH_TIMEOUT_MS = 20_000;
const COUNT_MAX = 1_000_000;

const glob = z.string().min(1).max(500);
const lines = z.int().min(0).max(50);

const input = z.strictObject({
  pattern: z.string().min(1).max(2000).describe("JavaScript regular expression, per line."),
  path: z.string().optional().describe("Folder or file. Default: the workspace."),
  glob: z
    .union([glob, z.array(glob).max(20)])
    .optional()
    .describe("Such as **/*.ts; a leading ! excludes."),
  type: z.string().max(40).optional().describe("Such as ts, py, rust, md."),
  output: z.enum(["lines", "files", "count"]).optional().describe("Default lines."),
  ignore_case: z.boolean().optional().describe("Default false."),
  smart_case: z.boolean().optional().describe("Ignores case unless it has a capital."),
  fixed_strings: z.boolean().optional().describe("Plain text."),
  word: z.boolean().optional().describe("Whole words only."),
  multiline: z.boolean().optional().describe("Matches across lines."),
  context_lines: lines.optional().describe("Around each match. Default 0."),
  before_lines: lines.optional().describe("Default: context_lines."),
  after_lines: lines.optional().describe("Default: context_lines."),
  max_count: z.int().min(1).max(1000).optional().describe("Most lines per file."),
  max_results: z.int().min(1).max(1000).optional().describe(`Default ${DEFAULT_RESULTS}.`),
  hidden: z.boolean().optional().describe("Names with a leading dot too."),
  no_ignore: z.boolean().optional().describe("Include ignored files and node_modules."),
});
type Input = z.output<typeof input>;

interface Search {
  given: Input;
  matcher: LineMatcher;
  filter: FileFilter;
  limit: number;
  answer: string[];
  /** Matching lines so far, or files with a match. */
  results: number;
  tooLarge: number;
}

export const searchFiles = worldTool({
  name: "search_files",
  description:
    "Searches text files, like ripgrep. Returns path:line: text (path-line- text for context), files or counts. Skips .git, node_modules, hidden, ignored (unless a glob names them), binary and very large files.",
  input,
  level: "read",
  afterCrash: "repeat",
  run: (given, context) =>
    answeringOn(given.path, context, async (view, parts) => {
      const timeoutMs = Math.min(SEARCH_TIMEOUT_MS, context.timeoutMs);
      const filter = fileFilter([given.glob ?? []].flat(), given.type);
      const matcher = matcherFor(given, timeoutMs);
      const limit = given.max_results ?? DEFAULT_RESULTS;
      const search: Search = { given, matcher, filter, limit, answer: [], results: 0, tooLarge: 0 };
      try {
        await searchIn(view, parts, search, context);
      } finally {
        await matcher.close();
      }
      return [...search.answer, ...notesOf(search)].join("\n");
    }),
});

function matcherFor(given: Input, timeoutMs: number): LineMatcher {
  const { pattern, multiline, word, context_lines: around = 0 } = given;
  return createLineMatcher(
    {
      pattern,
      multiline,
      word,
      fixed: given.fixed_strings,
      case: given.ignore_case ? "insensitive" : given.smart_case ? "smart" : "sensitive",
      before: given.before_lines ?? around,
      after: given.after_lines ?? around,
    },
    timeoutMs,
  );
}

function notesOf({ given, answer, results, limit, tooLarge }: Search): string[] {
  const notes = answer.length === 0 ? ["No line matches."] : [];
  const unit = (given.output ?? "lines") === "lines" ? "lines" : "files";
  if (results >= limit) notes.push(`[Stopped at ${limit} ${unit}; there may be more.]`);
  if (tooLarge > 0) notes.push(`[${tooLarge} files over ${SEARCHED_FILE_MAX_BYTES} bytes were not searched.]`);
  return notes;
}

async function searchIn(view: WorkspaceView, parts: readonly string[], search: Search, context: ToolContext) {
  const target = parts.length > 0 ? openIfFile(view, parts.join("/")) : null;
  if (target) {
    const isText = await searchFile(target, parts.join("/"), search);
    if (!isText) search.answer.push(`${parts.join("/")} is a binary file, which is not searched.`);
    return;
  }
  const { hidden, no_ignore: noIgnore } = search.given;
  for await (const file of walkVisible(view, parts, { hidden, noIgnore, signal: context.signal })) {
    if (search.results >= search.limit) return;
    if (!search.filter.takes(file.names, file.isLeftOut)) continue;
    const opened = openIfStillFile(file.open);
    if (opened && isHiddenFile(view, opened.stat)) fs.closeSync(opened.fd);
    else if (opened) await searchFile(opened, [...parts, file.path].join("/"), search);
  }
}

interface Opened {
  fd: number;
  stat: fs.Stats;
}

/** Opens the file, or returns null for a folder. */
function openIfFile(view: WorkspaceView, path: string): Opened | null {
  try {
    return openFileForReading(view, path);
  } catch (error) {
    if (error instanceof WorkspaceError && errorCode(error.cause) === "EISDIR") return null;
    throw error;
  }
}

/** Opens the file, or returns null when it was removed or replaced since it was listed, or is not readable. */
function openIfStillFile(open: () => Opened): Opened | null {
  try {
    return open();
  } catch {
    return null;
  }
}

/** Adds the file's matches to the answer and closes it; returns false for a binary file. */
async function searchFile({ fd, stat }: Opened, path: string, search: Search): Promise<boolean> {
  try {
    if (stat.size > SEARCHED_FILE_MAX_BYTES) {
      search.tooLarge += 1;
      return true;
    }
    const text = decodeText(await readAll(fd, SEARCHED_FILE_MAX_BYTES));
    if (text === null) return false;
    await matchText(text, path, search);
    return true;
  } finally {
    fs.closeSync(fd);
  }
}

async function matchText(text: string, path: string, search: Search): Promise<void> {
  const { given, matcher, answer, limit } = search;
  if (given.output === "files" || given.output === "count") {
    const count = await matcher.count(text, given.output === "files" ? 1 : (given.max_count ?? COUNT_MAX));
    if (count === 0) return;
    answer.push(given.output === "files" ? path : `${path}:${count}`);
    search.results += 1;
    return;
  }
  const most = Math.min(given.max_count ?? COUNT_MAX, limit - search.results);
  const found = await matcher.match(text, most);
  search.results += found.filter(({ isMatch }) => isMatch).length;
  const hasContext = [given.context_lines, given.before_lines, given.after_lines].some((count) => (count ?? 0) > 0);
  answer.push(...linesFor(path, found, hasContext, answer.length > 0));
}

/** Returns the lines to show, with `--` between groups that are not adjacent, as in grep. */
function linesFor(path: string, found: FoundLine[], hasContext: boolean, hasMoreBefore: boolean): string[] {
  const shown: string[] = [];
  for (const [index, { line, text, isMatch }] of found.entries()) {
    const previous = found[index - 1]?.line;
    const isNewGroup = previous === undefined ? hasMoreBefore : line !== previous + 1;
    if (hasContext && isNewGroup) shown.push("--");
    shown.push(isMatch ? `${path}:${line}: ${text}` : `${path}-${line}- ${text}`);
  }
  return shown;
}
