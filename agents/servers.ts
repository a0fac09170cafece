/** Added servers of tools at work: their code is put in place, they are started per tree, called, validated and held back. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { ToolStates } from "@/db/tool-states";
import { createAddressGuard } from "@/lib/mcp/address-guard";
import { McpFailure } from "@/lib/mcp/errors";
import type { OAuthOptions } from "@/lib/mcp/oauth";
import { pinPackage } from "@/lib/mcp/packages";
import { createMcpPool, type McpPool, type McpPoolOptions, type McpUse } from "@/lib/mcp/pool";
import type { McpResult, ServerConfig, ServerDescription, StdioServer } from "@/lib/mcp/types";
import type { Vault } from "@/lib/secrets/vault";
import { UserError } from "./application";
import type { ServerBody, ToolBody } from "./core/configuration";
import { writeFiles } from "./proposed-code";
import type { ServerCalls } from "./server-calls";
import { SignInNeeded, signInStore } from "./server-sign-in";
import type { OfferedServerTool } from "./server-tools";
import type { ToolContext, ToolOutcome } from "./tools/tool";

export interface ServersOptions {
  dataDir: string;
  sandbox: McpPoolOptions["sandbox"];
  vault: Pick<Vault, "get" | "set">;
  /** Where people are sent back to after they have signed in at a server. */
  callbackUrl: string;
  /** The hash under which a tool is approved now; undefined: it is not. */
  approvedHash(server: string, tool: string): string | undefined;
  toolStates: Pick<ToolStates, "quarantine">;
  version: string;
  /** `host:port`s that a person's servers may have although their addresses are private. */
  privateHosts: readonly string[];
  /** Where keys lie: shown to no server. */
  keyPaths: readonly string[];
  report(message: string): void;
}

/** One server, as a task keeps it. */
export type ServerOfTask = ToolBody & { server: ServerBody };

export interface Servers extends ServerCalls {
  /** What it lists beside its tools, as JSON. */
  listResources(server: ServerOfTask, context: ToolContext): Promise<ToolOutcome>;
  readResource(server: ServerOfTask, uri: string, context: ToolContext): Promise<ToolOutcome>;
  getPrompt(
    server: ServerOfTask,
    prompt: string,
    args: Record<string, string>,
    context: ToolContext,
  ): Promise<ToolOutcome>;
  /** The body with the exact version of its package and everything that the server listed. Throws UserError. */
  validate(body: ToolBody): Promise<ToolBody>;
  /** What the server says of itself now. Throws UserError; SignInNeeded when a person has to sign in first. */
  describe(body: ToolBody): Promise<ServerDescription>;
  health: McpPool["health"];
  /** A person has come back from its sign-in page. Throws UserError. */
  finishSignIn(body: ToolBody, code: string, state: string): Promise<void>;
  closeServer: McpPool["closeServer"];
}

/** How a server sees a folder of a tree. */
interface Place {
  workspace: string;
  hiddenPaths: string[];
  readOnlyWorkspace: boolean;
  guardsGit: boolean;
}

const VALIDATION_SCOPE = "validation";
const PROBE_MS = 30_000;

export function createServers(options: ServersOptions): Servers {
  const { dataDir, toolStates, report } = options;
  const packagesDir = path.join(dataDir, "mcp", "packages");
  const codeDir = path.join(dataDir, "mcp", "code");
  /** By scope: the folder that processes of it see. */
  const places = new Map<string, Place>();
  const signInPages = new Map<string, string>();
  /** Servers that work in a tree's folder: tried out without a tree, they see an empty one. */
  const inFolder = new Set<string>();
  const emptyDir = path.join(dataDir, "mcp", "empty");
  const oauth: OAuthOptions = {
    store: signInStore(options.vault),
    redirectUrl: options.callbackUrl,
    needsPerson: (server, page) => void signInPages.set(server, page),
  };
  const pool = createMcpPool({
    sandbox: options.sandbox,
    packagesDir,
    hiddenPaths: [dataDir, ...options.keyPaths],
    secretOf: async (name) => options.vault.get(name) ?? undefined,
    oauth,
    guard: createAddressGuard({ privateHosts: options.privateHosts }),
    clientVersion: options.version,
    placeOf: ({ name }, scope) =>
      places.get(scope) ?? (inFolder.has(name) ? { workspace: emptyDir, readOnlyWorkspace: true } : {}),
    onChanged: (server, tool, listed) => {
      // A task that began before a person accepted the change keeps the old version; that is no reason to hold it back.
      if (listed && options.approvedHash(server, tool) === listed.hash) return;
      const what = listed ? "has another schema than the one that was approved" : "is not there any more";
      const why = `its tool ${tool} ${what}. A person looks at it with “banyan tools test ${server}”.`;
      void toolStates
        .quarantine(server, why)
        .catch((error) => report(`The server ${server} could not be held back: ${error}`));
    },
    report: (server, _scope, sentence) => report(`${server}: ${sentence}`),
  });

  function call({ server, tool }: OfferedServerTool, input: unknown, context: ToolContext): Promise<ToolOutcome> {
    const args = (input ?? {}) as Record<string, unknown>;
    return answered(server, context, (config, use) =>
      pool.call(config, tool.name, args, {
        ...use,
        pinnedHash: tool.hash,
        onProgress: ({ progress, total, message }) =>
          context.onProgress?.(`${message ?? tool.name} ${progress}${total === undefined ? "" : ` of ${total}`}`),
      }),
    );
  }

  /** One request of a task, over the connection of its scope; a failure is an answer for the model, too. */
  async function answered(
    server: ServerOfTask,
    context: ToolContext,
    ask: (config: ServerConfig, use: McpUse) => Promise<McpResult>,
  ): Promise<ToolOutcome> {
    const config = await configOf(server);
    const { signal, timeoutMs } = context;
    try {
      const result = await ask(config, { scope: scopeOf(server.server, context), signal, timeoutMs });
      const cutNote = result.isCut ? "\n[… the server's answer was longer and is cut here …]" : "";
      const outside = bringsOutside(server.server);
      return { content: `${result.text}${cutNote}`, isError: result.isError, ...(outside && { outside }) };
    } catch (error) {
      if (context.signal.aborted) throw context.signal.reason;
      if (!(error instanceof McpFailure)) throw error;
      const unsure = error.mayHaveRun ? " It may have had its effect: look before you repeat it." : "";
      // What it said on its way out is as much from outside as what it answers.
      const outside = bringsOutside(server.server);
      return { content: `${error.message}${unsure}`, isError: true, ...(outside && { outside }) };
    }
  }

  function scopeOf(
    server: ServerBody,
    { treeId, workspace, hiddenPaths, isReadOnly, guardsGit = false }: ToolContext,
  ): string {
    if (server.scope === "shared") return "shared";
    if (server.workspace === "none" || workspace === null) return treeId;
    const scope = `${treeId} ${server.workspace} ${workspace}`;
    // A folder that holds the running system is shown read-only, whatever was approved.
    const readOnlyWorkspace = server.workspace === "read" || isReadOnly === true;
    places.set(scope, { workspace, hiddenPaths, readOnlyWorkspace, guardsGit });
    return scope;
  }

  /** With the folder of its code, which is named by the hash of that: another version is another server to the pool. */
  async function configOf({ name, server }: ServerOfTask): Promise<ServerConfig> {
    const config = { ...(server.config as ServerConfig), name };
    if (config.kind === "http" || !server.files) return config;
    return { ...config, code: await putInPlace(name, server.files) };
  }

  /** Written once, whole or not at all. */
  async function putInPlace(name: string, files: Readonly<Record<string, string>>): Promise<string> {
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

  async function prepared(body: ToolBody): Promise<ServerOfTask> {
    if (!body.server) throw new UserError("invalid", `${body.name} is no server of tools.`);
    const config = body.server.config as ServerConfig;
    inFolder.delete(body.name);
    if (body.server.workspace !== "none") {
      await mkdir(emptyDir, { recursive: true, mode: 0o755 });
      inFolder.add(body.name);
    }
    const pinned = config.kind === "stdio" && !body.server.files ? await pin(config) : config;
    return { ...body, server: { ...body.server, config: { ...pinned, name: body.name } } };
  }

  async function pin(config: StdioServer): Promise<StdioServer> {
    try {
      return await pinPackage(config, { packagesDir, env: process.env });
    } catch (error) {
      throw new UserError("conflict", (error as Error).message);
    }
  }

  async function describePrepared(body: ServerOfTask): Promise<ServerDescription> {
    try {
      return await pool.describe(await configOf(body));
    } catch (error) {
      if (!(error instanceof McpFailure)) throw error;
      const page = signInPages.get(body.name);
      if (error.kind === "needs_person" && page) throw new SignInNeeded(error.message, page);
      throw new UserError("conflict", error.message);
    }
  }

  async function probe(body: ServerOfTask, listed: ServerDescription["tools"]): Promise<void> {
    const wanted = body.server.probe;
    if (!wanted) return;
    const tool = listed.find((one) => one.name === wanted.tool);
    if (!tool) {
      const names = listed.map((one) => one.name).join(", ");
      throw new UserError(
        "conflict",
        `The server ${body.name} has no tool ${wanted.tool} to try: it lists ${names || "none"}.`,
      );
    }
    try {
      const use = { scope: VALIDATION_SCOPE, timeoutMs: PROBE_MS, pinnedHash: tool.hash };
      const answer = await pool.call(await configOf(body), tool.name, wanted.arguments, use);
      if (!answer.isError) return;
      throw new UserError(
        "conflict",
        `The server ${body.name} answered its probe with an error: ${answer.text.slice(0, 300)}`,
      );
    } catch (error) {
      if (error instanceof McpFailure) throw new UserError("conflict", error.message);
      throw error;
    } finally {
      await pool.close(VALIDATION_SCOPE);
    }
  }

  return {
    call,
    listResources: (server, context) =>
      answered(server, context, async (config, use) => {
        const { resources, resourceTemplates, prompts } = await pool.describeIn(config, use);
        return { text: JSON.stringify({ resources, resourceTemplates, prompts }), isError: false, isCut: false };
      }),
    readResource: (server, uri, context) =>
      answered(server, context, (config, use) => pool.readResource(config, uri, use)),
    getPrompt: (server, prompt, args, context) =>
      answered(server, context, (config, use) => pool.getPrompt(config, prompt, args, use)),
    async validate(given) {
      const body = await prepared(given);
      const { tools } = await describePrepared(body);
      if (tools.length === 0) throw new UserError("conflict", `The server ${body.name} lists no tools.`);
      await probe(body, tools);
      const policies = new Map(body.server.tools.map((tool) => [tool.name, tool.policy]));
      const kept = tools.map(({ name, description, inputSchema, hash }) => {
        const policy = policies.get(name);
        return { name, description, inputSchema, hash, ...(policy && { policy }) };
      });
      await pool.closeServer(body.name);
      return { ...body, server: { ...body.server, tools: kept } };
    },
    describe: async (body) => describePrepared(await prepared(body)),
    async endOf(treeUid) {
      const ended = [treeUid, ...[...places.keys()].filter((scope) => scope.startsWith(`${treeUid} `))];
      for (const scope of ended) {
        places.delete(scope);
        await pool.close(scope);
      }
    },
    async endAll() {
      const scopes = new Set(pool.health().connections.map(({ scope }) => scope));
      await Promise.all([...scopes].map((scope) => pool.close(scope)));
    },
    close: () => pool.close(),
    health: pool.health,
    async finishSignIn(body, code, state) {
      const config = body.server?.config as ServerConfig | undefined;
      if (config?.kind !== "http") throw new UserError("invalid", `${body.name} is no server that asks for a sign-in.`);
      try {
        await pool.finishSignIn({ ...config, name: body.name }, code, state);
      } catch (error) {
        throw new UserError("conflict", (error as Error).message);
      }
      signInPages.delete(body.name);
    },
    closeServer: pool.closeServer,
  };
}

/** All but code that an agent of the tree wrote and that reaches no host. */
function bringsOutside({ config, files }: ServerBody): boolean {
  const server = config as ServerConfig;
  return !files || server.kind === "http" || (server.hosts ?? []).length > 0;
}
