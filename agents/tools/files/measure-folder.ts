import fs from "node:fs";
import { z } from "zod";
import { type ToolContext, worldTool } from "@/agents/tools/contract/tool";
import { listTracked } from "@/lib/git/history";
import { findStore } from "@/lib/git/store";
import { type ListedFile, listOnDisk, measureFolder as measure } from "@/lib/measure/measure-folder";
import { openDirectory } from "@/lib/workspace/open";
import type { WorkspaceView } from "@/lib/workspace/path";
import { SKIPPED_FOLDERS } from "@/lib/workspace/walk";
import { answeringOn } from "./workspace-tool";

export const measureFolder = worldTool({
  name: "measure_folder",
  description:
    'Measure a folder of the workspace: JSON with files, bytes, lines, languages, largest files, TODO and FIXME lines, tests, licence headers and files, subfolders with their number of files, and what was skipped. "basis" says which files count: "git" for the files that HEAD tracks in a repository that this tree has opened, "disk" for the files on disk that no .gitignore in the folder names. Skips .git and node_modules.',
  input: z.strictObject({
    path: z
      .string()
      .optional()
      .describe("The folder, relative to the workspace folder. Default: the workspace folder."),
    exclude_subfolders: z
      .boolean()
      .optional()
      .describe("Measure only the files directly in the folder; subfolders are still listed. Default false."),
  }),
  level: "read",
  afterCrash: "repeat",
  run: (input, context) =>
    answeringOn(input.path, context, async (view, parts) => {
      fs.closeSync(openDirectory(view.root, parts));
      const { basis, listed } = await listFiles(view, parts, context);
      const options = { excludeSubfolders: input.exclude_subfolders ?? false, signal: context.signal };
      const measured = await measure(view, parts, listed, options);
      return JSON.stringify({ path: parts.join("/") || ".", basis, ...measured });
    }),
});

/** Returns the files that git tracks when the folder's repository is open and has commits, else all files on disk. */
async function listFiles(
  view: WorkspaceView,
  parts: readonly string[],
  context: ToolContext,
): Promise<{ basis: "git" | "disk"; listed: ListedFile[] }> {
  const store = findStore(context.cacheDir, parts);
  if (store) {
    const prefix = parts.slice(store.parts.length).join("/");
    const tracked = (await listTracked(store, prefix, context.signal)).filter(
      ({ path }) => !path.split("/").some((name) => SKIPPED_FOLDERS.has(name)),
    );
    // Git tracks no files in a folder such as build output, so its files on disk are measured.
    if (tracked.length > 0 || prefix === "") return { basis: "git", listed: tracked };
  }
  return { basis: "disk", listed: await listOnDisk(view, parts, context.signal) };
}
