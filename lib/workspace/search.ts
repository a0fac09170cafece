/** Searches the text files of a workspace by a regular expression, as ripgrep does. */
import fs from "node:fs";
import { type FileFilter, fileFilter } from "./file-filter";
import { decodeText, readAll } from "./files";
import { createLineMatcher, type FoundLine, type LineMatcher } from "./line-matcher";
import { errorCode, isHiddenFile, openFileForReading } from "./open";
import { WorkspaceError, type WorkspaceView } from "./path";
import { walkVisible } from "./walk-visible";

/** Larger files are not searched. */
const SEARCHED_FILE_MAX_BYTES = 4 * 1024 * 1024;
const COUNT_MAX = 1_000_000;

export interface SearchRequest {
  /** A regular expression of JavaScript, for each line. */
  pattern: string;
  /** A folder or a file. */
  path?: string | undefined;
  globs: readonly string[];
  /** A language, as ripgrep names it. */
  type?: string | undefined;
  output: "lines" | "files" | "count";
  case: "sensitive" | "insensitive" | "smart";
  fixed?: boolean | undefined;
  word?: boolean | undefined;
  multiline?: boolean | undefined;
  /** Lines around each match. */
  before: number;
  after: number;
  /** Most matching lines of a file. */
  maxCount?: number | undefined;
  /** Most matching lines, or files with a match. */
  maxResults: number;
  hidden?: boolean | undefined;
  noIgnore?: boolean | undefined;
}

export interface SearchResult {
  /** As the agent reads them. */
  lines: string[];
  /** Matching lines, or files with a match. */
  results: number;
  /** The number of files that were larger than `mostBytes`. */
  tooLarge: number;
  mostBytes: number;
}

interface Search extends SearchResult {
  request: SearchRequest;
  matcher: LineMatcher;
  filter: FileFilter;
}

/** Throws a `WorkspaceError` for a wrong pattern, and when the time is used up. */
export async function searchFiles(
  view: WorkspaceView,
  parts: readonly string[],
  request: SearchRequest,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<SearchResult> {
  const filter = fileFilter(request.globs, request.type);
  const matcher = matcherFor(request, timeoutMs);
  const search: Search = {
    request,
    matcher,
    filter,
    lines: [],
    results: 0,
    tooLarge: 0,
    mostBytes: SEARCHED_FILE_MAX_BYTES,
  };
  try {
    await searchIn(view, parts, search, signal);
  } finally {
    await matcher.close();
  }
  const { lines, results, tooLarge, mostBytes } = search;
  return { lines, results, tooLarge, mostBytes };
}

function matcherFor(request: SearchRequest, timeoutMs: number): LineMatcher {
  const { pattern, before, after, multiline, word, fixed } = request;
  const flags = { ...(multiline && { multiline }), ...(word && { word }), ...(fixed && { fixed }) };
  return createLineMatcher({ pattern, case: request.case, before, after, ...flags }, timeoutMs);
}

async function searchIn(view: WorkspaceView, parts: readonly string[], search: Search, signal: AbortSignal) {
  const target = parts.length > 0 ? openIfFile(view, parts.join("/")) : null;
  if (target) {
    const isText = await searchFile(target, parts.join("/"), search);
    if (!isText) search.lines.push(`${parts.join("/")} is a binary file, which is not searched.`);
    return;
  }
  const { hidden, noIgnore, maxResults } = search.request;
  const options = { signal, ...(hidden && { hidden }), ...(noIgnore && { noIgnore }) };
  for await (const file of walkVisible(view, parts, options)) {
    if (search.results >= maxResults) return;
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
    return openFileForReading(view, path, { followsLinks: true });
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
  const { request, matcher, lines } = search;
  const { output, maxCount = COUNT_MAX, maxResults, before, after } = request;
  if (output !== "lines") {
    const count = await matcher.count(text, output === "files" ? 1 : maxCount);
    if (count === 0) return;
    lines.push(output === "files" ? path : `${path}:${count}`);
    search.results += 1;
    return;
  }
  const most = Math.min(maxCount, maxResults - search.results);
  const found = await matcher.match(text, most);
  search.results += found.filter(({ isMatch }) => isMatch).length;
  lines.push(...linesFor(path, found, before + after > 0, lines.length > 0));
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
