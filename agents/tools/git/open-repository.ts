import { z } from "zod";
import { kind, type ToolContext, worldTool } from "@/agents/tools/contract/tool";
import { answering, workplaceOf } from "@/agents/tools/files/workspace-tool";
import { hostOf } from "@/lib/net/host-list";
import type { Workplace } from "@/lib/workplace/port";
import { SCRATCH_FOLDER, WorkspaceError } from "@/lib/workspace/path";
import { plantedFlag } from "./planted-flag";

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
  kinds: [
    kind("repositories in the workspace", { level: "read" }),
    kind("repositories at an address", { level: "network", alsoNeeds: "write", hosts: true }),
  ],
  effectOf: ({ url }) => {
    if (!url) return { level: "read" };
    const host = hostOf(url);
    return { level: "network", alsoNeeds: "write", ...(host !== null && { hosts: [host] }) };
  },
  afterCrash: "repeat",
  run: (given, context) =>
    answering(async () => {
      const workplace = workplaceOf(context);
      const { signal } = context;
      // A copy may bring a bare repository whose settings and hooks git would obey.
      if (given.url) await workplace.git.rememberRepositories(signal);
      const answer = given.url
        ? await copy(workplace, given.url, given.path, context)
        : await workplace.git.open(given.path || ".", signal);
      // Reports about a read-only workspace go to its scratch folder.
      const reports = workplace.folder.isReadOnly ? `${SCRATCH_FOLDER}/` : "";
      const content = JSON.stringify({ ...answer, reports });
      return given.url ? { content, outside: true, ...(await plantedFlag(workplace, signal)) } : { content };
    }),
});

async function copy({ git }: Workplace, url: string, path: string | undefined, context: ToolContext) {
  if (!/^https?:\/\//i.test(url)) {
    const shown = JSON.stringify(url.slice(0, 200));
    throw new WorkspaceError(
      `${shown} is not an https URL; for a repository in the workspace leave url out and give its path.`,
    );
  }
  if (!context.network?.allowed) {
    throw new WorkspaceError("This task has no right to use the network, so it cannot copy a repository from a URL.");
  }
  const remote = { url, privateHosts: context.network.privateHosts ?? [], timeoutMs: context.timeoutMs };
  return git.copy(path || folderNameOf(url), remote, context.signal);
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
