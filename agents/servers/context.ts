/** The state that all calls of added servers share in one process, and the configuration that the pool gets. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import path from "node:path";
import { configIn } from "@/agents/tools/outside/added-config";
import type { ServerBody, ToolBody } from "@/core/rules/configuration";
import type { OutsideCalls } from "@/db/a2a/outside-calls";
import type { McpPool } from "@/lib/mcp/calls/pool";
import { McpFailure } from "@/lib/mcp/config/errors";
import type { ServerConfig } from "@/lib/mcp/config/types";
import type { ApiCallOptions } from "@/lib/openapi/call";
import type { Workplace } from "@/lib/workplace/port";
import { removeTree } from "@/lib/workspace/remove-tree";
import { makeScratchFolder } from "@/lib/workspace/scratch-folder";
import { writeFiles } from "@/lib/workspace/write-files";

/** A server in a task's pinned version. */
export type ServerOfTask = ToolBody & { server: ServerBody };

/** A server's view of a tree's folder. */
interface Place {
  workspace: string;
  hiddenPaths: readonly string[];
  readOnlyWorkspace: boolean;
  guardsGit: boolean;
}

export interface ServersContext {
  pool: McpPool;
  packagesDir: string;
  /** Folder for code that agents wrote, with one folder per version. */
  codeDir: string;
  emptyDir: string;
  /** The folder that a scope's processes see, by scope. */
  places: Map<string, Place>;
  /** The sign-in page for a person, by the server's name. */
  signInPages: Map<string, string>;
  /** Servers that work in a tree's folder. When tested without a tree, they see an empty folder. */
  inFolder: Set<string>;
  /** Workplaces on runners, by the paths that their folders would have here, and what of them is hidden. */
  elsewhere: Map<string, Workplace>;
  /** What calls of web APIs and outside agents need. */
  api: Pick<ApiCallOptions, "guard" | "secretOf">;
  outsideCalls: OutsideCalls;
  /** Holds a server back until a person has looked at it. */
  holdBack(server: string, why: string): void;
  /** Returns the approved hash of a tool, or undefined when it is not approved. */
  approvedHash(server: string, tool: string): string | undefined;
  /** Whether agents may use the server, and it is the one that the task was given. Asked before a secret is read. */
  isLive(server: ServerOfTask): boolean;
  /** Returns the server of that name, when agents may use it. */
  liveServer(name: string): ServerOfTask | null;
}

/**
 * Returns what a task's call of a web API or an outside agent needs. No secret is read when the server is no longer the
 * task's: it may be that of the next server of this name.
 */
export function apiOf(
  { api, isLive }: Pick<ServersContext, "api" | "isLive">,
  server: ServerOfTask,
): ServersContext["api"] {
  return {
    ...api,
    async secretOf(name) {
      if (!isLive(server))
        throw new McpFailure("changed", `${server.name} was changed, removed, held back or switched off meanwhile.`);
      return api.secretOf(name);
    },
  };
}

/**
 * Returns the configuration of an MCP server with the code's folder, named by its hash, so the pool treats versions as
 * different. Throws a McpFailure for an API and for an outside agent.
 */
export async function configOf(
  { codeDir }: Pick<ServersContext, "codeDir">,
  { name, server }: ServerOfTask,
): Promise<ServerConfig> {
  const given = configIn(server);
  if (given.kind === "openapi")
    throw new McpFailure("invalid", `${name} is a web API: it has operations, and no resources or prompts.`);
  if (given.kind === "a2a")
    throw new McpFailure("invalid", `${name} is an outside agent: it has skills, and no resources or prompts.`);
  const config = { ...given, name };
  if (config.kind === "http" || !server.files) return config;
  return { ...config, code: await putInPlace(codeDir, name, server.files) };
}

/** Writes the code once, complete or not at all, and returns its folder. */
async function putInPlace(codeDir: string, name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 24);
  const folder = path.join(codeDir, `${name}-${hash}`);
  if (!existsSync(folder)) {
    await mkdir(codeDir, { recursive: true, mode: 0o700 });
    const staging = makeScratchFolder(codeDir, ".writing-");
    try {
      await writeFiles(staging, files);
      await rename(staging, folder);
    } catch (error) {
      await removeTree(staging);
      // Another process may have written the same files first.
      if (!existsSync(folder)) throw error;
    }
  }
  return folder;
}
