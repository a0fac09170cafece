/** What all calls of added servers share in one process, and how a server's configuration reaches the pool: with its code in place. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import path from "node:path";
import { writeFiles } from "@/agents/tools/additions/proposed-code";
import type { ServerBody, ToolBody } from "@/core/rules/configuration";
import type { McpPool } from "@/lib/mcp/calls/pool";
import type { ServerConfig } from "@/lib/mcp/config/types";

/** One server, as a task keeps it. */
export type ServerOfTask = ToolBody & { server: ServerBody };

/** How a server sees a folder of a tree. */
export interface Place {
  workspace: string;
  hiddenPaths: string[];
  readOnlyWorkspace: boolean;
  guardsGit: boolean;
}

export interface ServersContext {
  pool: McpPool;
  packagesDir: string;
  /** Code that agents wrote, one folder for each version. */
  codeDir: string;
  emptyDir: string;
  /** By scope: the folder that processes of it see. */
  places: Map<string, Place>;
  /** Where a person signs in, by the server's name. */
  signInPages: Map<string, string>;
  /** Servers that work in a tree's folder: tried out without a tree, they see an empty one. */
  inFolder: Set<string>;
}

/** With the folder of its code, which is named by the hash of that: another version is another server to the pool. */
export async function configOf({ codeDir }: ServersContext, { name, server }: ServerOfTask): Promise<ServerConfig> {
  const config = { ...(server.config as ServerConfig), name };
  if (config.kind === "http" || !server.files) return config;
  return { ...config, code: await putInPlace(codeDir, name, server.files) };
}

/** Written once, whole or not at all. */
async function putInPlace(codeDir: string, name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 24);
  const folder = path.join(codeDir, `${name}-${hash}`);
  if (!existsSync(folder)) {
    await mkdir(codeDir, { recursive: true, mode: 0o700 });
    const staging = await mkdtemp(path.join(codeDir, ".writing-"));
    await writeFiles(staging, files);
    // Another process may have been quicker with the very same files.
    await rename(staging, folder).catch(() => rm(staging, { recursive: true, force: true }));
  }
  return folder;
}
