import { z } from "zod";
import { worldTool } from "@/agents/tools/contract/tool";
import type { SearchResult } from "@/lib/workspace/search";
import { answering, workplaceOf } from "./workspace-tool";

const DEFAULT_RESULTS = 100;
const SEARCH_TIMEOUT_MS = 20_000;

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
export const searchFiles = worldTool({
  name: "search_files",
  description:
    "Searches text files, like ripgrep. Returns path:line: text (path-line- text for context), files or counts. Skips .git, node_modules, hidden, ignored (unless a glob names them), binary and very large files.",
  input,
  level: "read",
  afterCrash: "repeat",
  run: (given, context) =>
    answering(async () => {
      const around = given.context_lines ?? 0;
      const request = {
        pattern: given.pattern,
        path: given.path,
        globs: [given.glob ?? []].flat(),
        type: given.type,
        output: given.output ?? "lines",
        case: given.ignore_case ? "insensitive" : given.smart_case ? "smart" : "sensitive",
        fixed: given.fixed_strings,
        word: given.word,
        multiline: given.multiline,
        before: given.before_lines ?? around,
        after: given.after_lines ?? around,
        maxCount: given.max_count,
        maxResults: given.max_results ?? DEFAULT_RESULTS,
        hidden: given.hidden,
        noIgnore: given.no_ignore,
      } as const;
      const timeoutMs = Math.min(SEARCH_TIMEOUT_MS, context.timeoutMs);
      const found = await workplaceOf(context).files.search(request, timeoutMs, context.signal);
      return [...found.lines, ...notesOf(found, request)].join("\n");
    }),
});

function notesOf(
  { lines, results, tooLarge, mostBytes }: SearchResult,
  { maxResults, output }: { maxResults: number; output: string },
): string[] {
  const notes = lines.length === 0 ? ["No line matches."] : [];
  const unit = output === "lines" ? "lines" : "files";
  if (results >= maxResults) notes.push(`[Stopped at ${maxResults} ${unit}; there may be more.]`);
  if (tooLarge > 0) notes.push(`[${tooLarge} files over ${mostBytes} bytes were not searched.]`);
  return notes;
}
