import fs from "node:fs";
import { z } from "zod";
import { looksBinary, readAll } from "@/lib/workspace/files";
import { createLineMatcher, type LineMatcher } from "@/lib/workspace/line-matcher";
import { errorCode, isHiddenFile, openFileForReading, sentenceFor } from "@/lib/workspace/open";
import { partsInside, WorkspaceError, type WorkspaceView } from "@/lib/workspace/path";
import { SKIPPED_FOLDERS, walk } from "@/lib/workspace/walk";
import { globMatcher } from "./find-files";
import { type ToolContext, worldTool } from "./tool";
import { answering, viewOf } from "./workspace-tool";

const DEFAULT_RESULTS = 100;
const SEARCHED_FILE_MAX_BYTES = 4 * 1024 * 1024;
const SEARCH_TIMEOUT_MS = 20_000;

const input = z.strictObject({
  pattern: z.string().min(1).max(2000).describe("A JavaScript regular expression, matched against each line."),
  path: z.string().optional().describe("The folder or file to search. Default: the workspace folder."),
  glob: z.string().max(500).optional().describe("Only files whose path matches this glob, such as **/*.ts."),
  ignore_case: z.boolean().optional().describe("Ignore upper and lower case. Default false."),
  max_results: z.int().min(1).max(1000).optional().describe(`Lines to return at most. Default ${DEFAULT_RESULTS}.`),
});

interface Search {
  matcher: LineMatcher;
  limit: number;
  lines: string[];
  tooLarge: number;
}

export const searchFiles = worldTool({
  name: "search_files",
  description:
    "Search the text files of the workspace line by line with a regular expression. Returns path:line: text for each matching line. Leaves out .git, node_modules, binary files and very large ones.",
  input,
  level: "read",
  afterCrash: "repeat",
  run: (given, context) =>
    answering(async () => {
      const view = viewOf(context);
      const timeoutMs = Math.min(SEARCH_TIMEOUT_MS, context.timeoutMs);
      const matcher = createLineMatcher(given.pattern, given.ignore_case ?? false, timeoutMs);
      const search: Search = { matcher, limit: given.max_results ?? DEFAULT_RESULTS, lines: [], tooLarge: 0 };
      try {
        await searchIn(view, given, search, context);
      } catch (error) {
        throw context.signal.aborted ? error : sentenceFor(error, given.path ?? ".");
      } finally {
        await matcher.close();
      }
      const notes = search.lines.length === 0 ? ["No line matches."] : [];
      if (search.lines.length >= search.limit) notes.push(`[Stopped at ${search.limit} lines; there may be more.]`);
      if (search.tooLarge > 0) {
        notes.push(`[${search.tooLarge} files over ${SEARCHED_FILE_MAX_BYTES} bytes were not searched.]`);
      }
      return [...search.lines, ...notes].join("\n");
    }),
});

async function searchIn(view: WorkspaceView, given: z.output<typeof input>, search: Search, context: ToolContext) {
  const parts = partsInside(view, given.path ?? ".");
  const target = parts.length > 0 ? openIfFile(view, parts.join("/")) : null;
  if (target) {
    await searchFile(target, parts.join("/"), search);
    return;
  }
  const matches = given.glob ? globMatcher(given.glob) : () => true;
  const options = { skip: SKIPPED_FOLDERS, hiddenPaths: view.hiddenPaths, signal: context.signal };
  for await (const entry of walk(view.root, parts, options)) {
    if (search.lines.length >= search.limit) return;
    if (entry.kind !== "file" || !matches(entry.path)) continue;
    const opened = openIfStillFile(entry.open);
    if (opened && isHiddenFile(view, opened.stat)) fs.closeSync(opened.fd);
    else if (opened) await searchFile(opened, [...parts, entry.path].join("/"), search);
  }
}

interface Opened {
  fd: number;
  stat: fs.Stats;
}

/** Null when it is a folder. */
function openIfFile(view: WorkspaceView, path: string): Opened | null {
  try {
    return openFileForReading(view, path);
  } catch (error) {
    if (error instanceof WorkspaceError && errorCode(error.cause) === "EISDIR") return null;
    throw error;
  }
}

/** Null when the file was removed or swapped since it was listed, or may not be read. */
function openIfStillFile(open: () => Opened): Opened | null {
  try {
    return open();
  } catch {
    return null;
  }
}

async function searchFile({ fd, stat }: Opened, path: string, search: Search): Promise<void> {
  try {
    if (stat.size > SEARCHED_FILE_MAX_BYTES) {
      search.tooLarge += 1;
      return;
    }
    const bytes = await readAll(fd, SEARCHED_FILE_MAX_BYTES);
    if (looksBinary(bytes)) return;
    const found = await search.matcher.match(bytes.toString("utf8"), search.limit - search.lines.length);
    for (const { line, text } of found) search.lines.push(`${path}:${line}: ${text}`);
  } finally {
    fs.closeSync(fd);
  }
}
