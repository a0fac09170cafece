import { z } from "zod";
import { type ToolContext, worldTool } from "@/agents/tools/contract/tool";
import { answering, viewOf } from "@/agents/tools/files/workspace-tool";
import { cloneRepository } from "@/lib/git/clone-repository";
import { importRepository } from "@/lib/git/import-repository";
import { type RepositoryFacts, storeFor } from "@/lib/git/store";
import { hostOf } from "@/lib/net/host-list";
import { sentenceFor } from "@/lib/workspace/open";
import { partsInside, SCRATCH_FOLDER, WorkspaceError, type WorkspaceView } from "@/lib/workspace/path";

const input = z.strictObject({
  url: z.string().max(2000).optional().describe("The https URL of a git repository to copy into the workspace."),
  path: z
    .string()
    .optional()
    .describe(
      "With `url`: the new folder for the copy. Without `url`: the folder to open. Default: the workspace folder.",
    ),
});

export const openRepository = worldTool({
  name: "open_repository",
  description:
    "Open the git repository in a folder of the workspace, or copy a repository from an https URL. Returns JSON with git (whether it is a repository), path, branch, commit, the number of commits, and reports (the prefix for the paths of reports that you write). Afterwards the tools that measure folders and read history know its commits.",
  input,
  level: "network",
  effectOf: ({ url }) => {
    if (!url) return { level: "read" };
    const host = hostOf(url);
    return { level: "network", alsoNeeds: "write", ...(host !== null && { hosts: [host] }) };
  },
  afterCrash: "repeat",
  run: (given, context) =>
    answering(async () => {
      const view = viewOf(context);
      const answer = given.url ? await clone(view, given.url, given, context) : await openFolder(view, given, context);
      // Reports about a read-only workspace go to its scratch folder.
      const reports = view.isReadOnly ? `${SCRATCH_FOLDER}/` : "";
      return { content: JSON.stringify({ ...answer, reports }), ...(given.url && { outside: true }) };
    }),
});

async function openFolder(view: WorkspaceView, given: z.output<typeof input>, context: ToolContext) {
  const path = given.path || ".";
  const parts = partsInside(view, path);
  try {
    const imported = await importRepository(view, storeFor(context.cacheDir, parts), context.signal);
    return imported.git ? factsAnswer(parts, imported.facts) : { ...imported, path: parts.join("/") || "." };
  } catch (error) {
    throw context.signal.aborted ? error : sentenceFor(error, path);
  }
}

async function clone(view: WorkspaceView, url: string, given: z.output<typeof input>, context: ToolContext) {
  if (!/^https?:\/\//i.test(url)) {
    const shown = JSON.stringify(url.slice(0, 200));
    throw new WorkspaceError(
      `${shown} is not an https URL; for a repository in the workspace leave url out and give its path.`,
    );
  }
  if (!context.network?.allowed) {
    throw new WorkspaceError("This task has no right to use the network, so it cannot copy a repository from a URL.");
  }
  const parts = partsInside(view, given.path || folderNameOf(url));
  const facts = await cloneRepository(view, storeFor(context.cacheDir, parts), {
    url,
    privateHosts: context.network.privateHosts ?? [],
    timeoutMs: context.timeoutMs,
    signal: context.signal,
  });
  return factsAnswer(parts, facts);
}

function factsAnswer(parts: readonly string[], facts: RepositoryFacts) {
  return { git: true, path: parts.join("/") || ".", ...facts };
}

/** Returns the folder name that git itself would choose. */
export function folderNameOf(url: string): string {
  const last =
    url
      .replace(/[?#].*$/, "")
      .replace(/\/+$/, "")
      .split("/")
      .at(-1) ?? "";
  const name = last.replace(/\.git$/, "").replace(/[^A-Za-z0-9._-]/g, "-");
  return /^\.*$/.test(name) ? "repository" : name;
}
