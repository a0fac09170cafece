import { z } from "zod";
import { worldTool } from "@/agents/tools/contract/tool";
import { answering, viewOf } from "@/agents/tools/files/workspace-tool";
import { readHistory } from "@/lib/git/history";
import { findStore } from "@/lib/git/store";
import { partsInside } from "@/lib/workspace/path";

const DEFAULT_FILES = 10;

export const gitHistory = worldTool({
  name: "git_history",
  description:
    'Read the history of a folder whose repository was opened. Returns JSON with the number of commits and authors, first and last commit date, and the files changed by most commits. In a folder without git: {"git": false}.',
  input: z.strictObject({
    path: z
      .string()
      .optional()
      .describe("The folder or file, relative to the workspace folder. Default: the workspace folder."),
    limit: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe(`Maximum number of most-changed files to return. Default ${DEFAULT_FILES}.`),
  }),
  level: "read",
  afterCrash: "repeat",
  run: (input, context) =>
    answering(async () => {
      const parts = partsInside(viewOf(context), input.path ?? ".");
      const path = parts.join("/") || ".";
      const store = findStore(context.cacheDir, parts);
      if (!store) return JSON.stringify({ git: false, path });
      const prefix = parts.slice(store.parts.length).join("/");
      const history = await readHistory(store, prefix, input.limit ?? DEFAULT_FILES, context.signal);
      const base = store.parts.length > 0 ? `${store.parts.join("/")}/` : "";
      return JSON.stringify({
        git: true,
        path,
        commits: history.commits,
        authors: history.authors,
        first_commit_at: history.firstCommitAt,
        last_commit_at: history.lastCommitAt,
        most_changed_files: history.mostChanged.map((file) => ({ path: base + file.path, commits: file.commits })),
        truncated: history.truncated,
      });
    }),
});
