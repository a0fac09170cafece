/** Added servers of tools at work: started per tree, called, and held back when they change. */
import { createHash } from "node:crypto";
import path from "node:path";
import { UserError } from "@/agents/application";
import type { ToolContext, ToolOutcome } from "@/agents/tools/contract/tool";
import { configIn, isAgent, isApi } from "@/agents/tools/outside/added-config";
import { effectOfServer, type OfferedServerTool } from "@/agents/tools/outside/server-tools";
import type { ServerBody, ToolBody } from "@/core/rules/configuration";
import type { OutsideCalls } from "@/db/a2a/outside-calls";
import type { ToolStates } from "@/db/configuration/tool-states";
import type { OutsideAgent, PinnedCard } from "@/lib/a2a/types";
import { createMcpPool, type McpPool, type McpPoolOptions, type McpUse } from "@/lib/mcp/calls/pool";
import { McpFailure } from "@/lib/mcp/config/errors";
import type { SignInAnswer } from "@/lib/mcp/config/oauth-callback";
import type { ListedTool, McpResult, ServerConfig } from "@/lib/mcp/config/types";
import { createAddressGuard } from "@/lib/mcp/transport/address-guard";
import type { ApiDocument } from "@/lib/openapi/types";
import type { Vault } from "@/lib/secrets/vault";
import type { Workplace } from "@/lib/workplace/port";
import { callApi, type DocumentSource, readDocument } from "./apis";
import { configOf, type ServerOfTask, type ServersContext } from "./context";
import type { Described } from "./described";
import { erasIn } from "./eras";
import { createOpenTasks, type OpenTasks } from "./open-tasks";
import { type AskingCall, questionsOf } from "./questions";
import type { ServerCalls } from "./server-calls";
import { secretsVersion, signInStore } from "./sign-in";
import { skillsAsTools } from "./skills";
import { removeState, stateFolder } from "./state";
import { describe, validate } from "./validate";

export interface ServersOptions {
  dataDir: string;
  sandbox: McpPoolOptions["sandbox"];
  vault: Pick<Vault, "get" | "set" | "list">;
  /** The page to which people return after signing in at a server. */
  callbackUrl: string;
  /** Returns the approved hash of a tool, or undefined when it is not approved. */
  approvedHash(server: string, tool: string): string | undefined;
  /** Whether agents may use the server, and it is the one that the task was given. Asked before a secret is read. */
  isLive(server: ServerOfTask): boolean;
  /** Returns the server of that name, when agents may use it. */
  liveServer(name: string): ServerOfTask | null;
  toolStates: Pick<ToolStates, "quarantine">;
  outsideCalls: OutsideCalls;
  version: string;
  /** `host:port`s that servers may use although their addresses are private. */
  privateHosts: readonly string[];
  /** Key files, hidden from every server. */
  keyPaths: readonly string[];
  now(): number;
  report(message: string): void;
}

export interface Servers extends ServerCalls, Pick<OpenTasks, "cancelLeft"> {
  /** Returns the server's resources and prompts as JSON. */
  listResources(server: ServerOfTask, context: ToolContext): Promise<ToolOutcome>;
  readResource(server: ServerOfTask, uri: string, context: ToolContext): Promise<ToolOutcome>;
  getPrompt(
    server: ServerOfTask,
    prompt: string,
    args: Record<string, string>,
    context: ToolContext,
  ): Promise<ToolOutcome>;
  /**
   * Returns the body with the package's exact version and the listed tools. `isLive`: asked before the server is opened
   * and a secret is read, because installing the package takes a while. Throws UserError.
   */
  validate(body: ToolBody, isLive?: () => boolean): Promise<ToolBody>;
  /**
   * Returns what the server lists now. `isLive` as for `validate`. Throws UserError, or SignInNeeded when a person must
   * sign in first.
   */
  describe(body: ToolBody, isLive?: () => boolean): Promise<Described>;
  /** Reads a web API's document from its address or its text. Throws UserError. */
  readApi(source: DocumentSource): Promise<ApiDocument>;
  /** Reads the card of an outside agent; its address may be that of its host. Throws UserError. */
  readCard(address: string): Promise<{ url: string; card: PinnedCard }>;
  /** Returns the chosen skills of an outside agent as tools. */
  skillsOf(agent: Pick<OutsideAgent, "skills" | "card">): Described;
  health: McpPool["health"];
  /** Finishes a sign-in when the person has returned from the server's page. Throws UserError. */
  finishSignIn(body: ToolBody, answer: SignInAnswer): Promise<void>;
  closeServer: McpPool["closeServer"];
  /** Removes the folder that was kept for a server; resolves with whether there was one. */
  removeState(name: string): Promise<boolean>;
  /** Calls the listener when a person's change closes the connections of a server. */
  onClosed(listener: (server: string) => void): void;
}

export function createServers(options: ServersOptions): Servers {
  const { dataDir } = options;
  const folders = {
    packagesDir: path.join(dataDir, "mcp", "packages"),
    codeDir: path.join(dataDir, "mcp", "code"),
    emptyDir: path.join(dataDir, "mcp", "empty"),
  };
  const shared = {
    ...folders,
    places: new Map(),
    signInPages: new Map(),
    inFolder: new Set<string>(),
    elsewhere: new Map(),
  } satisfies Shared;
  const forPool = poolOptions(options, shared);
  const pool = createMcpPool(forPool);
  const api = { guard: forPool.guard, secretOf: forPool.secretOf };
  const { approvedHash, isLive, liveServer, outsideCalls } = options;
  const holdBack = (server: string, why: string) => quarantine(options, server, why);
  const listeners = new Set<(server: string) => void>();
  const forCalls = { pool, api, outsideCalls, holdBack, approvedHash, isLive, liveServer };
  const context: ServersContext = { ...shared, ...forCalls };
  const openTasks = createOpenTasks(context, options.now);
  return {
    call: (tool, input, by) => callTool(context, tool, input, by),
    listResources: (server, by) =>
      answered(context, server, by, async (config, use) => {
        const { resources, resourceTemplates, prompts } = await pool.describeIn(config, use);
        return { text: JSON.stringify({ resources, resourceTemplates, prompts }), isError: false, isCut: false };
      }),
    readResource: (server, uri, by) =>
      answered(context, server, by, (config, use) => {
        const onQuestion = questionsOf(reading(server, { uri }), by);
        return pool.readResource(config, uri, { ...use, onQuestion });
      }),
    getPrompt: (server, prompt, args, by) =>
      answered(context, server, by, (config, use) => {
        const onQuestion = questionsOf(reading(server, { prompt, args }), by);
        return pool.getPrompt(config, prompt, args, { ...use, onQuestion });
      }),
    validate: (body, isLive) => validate(context, body, isLive),
    describe: (body, isLive) => describe(context, body, isLive),
    readApi: (source) => readDocument(context.api, source),
    readCard: async (address) => (await outsideAgents()).readCardAt(address, context.api),
    skillsOf: skillsAsTools,
    cancelLeft: openTasks.cancelLeft,
    async endOf(treeUid) {
      void openTasks.cancelLeft();
      await endOf(context, treeUid);
    },
    async endAll() {
      const scopes = new Set(pool.health().connections.map(({ scope }) => scope));
      await Promise.all([...scopes].map((scope) => pool.close(scope)));
    },
    async close() {
      await Promise.all([openTasks.stop(), pool.close()]);
    },
    health: pool.health,
    finishSignIn: (body, answer) => finishSignIn(context, body, answer),
    async closeServer(name) {
      for (const listener of listeners) listener(name);
      await pool.closeServer(name);
    },
    removeState: (name) => removeState(dataDir, name),
    onClosed: (listener) => void listeners.add(listener),
  };
}

type Shared = Omit<
  ServersContext,
  "pool" | "api" | "outsideCalls" | "holdBack" | "approvedHash" | "isLive" | "liveServer"
>;

function poolOptions(options: ServersOptions, shared: Shared) {
  const { packagesDir, codeDir, emptyDir, places, signInPages, inFolder, elsewhere } = shared;
  const { dataDir, vault, report, sandbox } = options;
  const always = [dataDir, ...options.keyPaths];
  return {
    sandbox: {
      start({ workspace, hiddenPaths, ...start }) {
        const ofFolder = hiddenPaths.slice(always.length);
        const workplace = workspace === null ? undefined : elsewhere.get(viewOf(workspace, ofFolder));
        if (workplace === undefined) return sandbox.start({ workspace, hiddenPaths, ...start });
        // Only what Banyan installed goes to a runner: a person's folder may hold keys that the sandbox hides here.
        const isOurs = ({ source }: { source: string }) =>
          [packagesDir, codeDir].some((folder) => source.startsWith(`${folder}${path.sep}`));
        const named = (start.readOnly ?? []).filter((mount) => !isOurs(mount)).map(({ source }) => source);
        return workplace.servers.start({ ...start, folders: [...(start.folders ?? []), ...named] });
      },
    },
    packagesDir,
    stateOf: (server, folder) => stateFolder(dataDir, server, folder),
    hiddenPaths: always,
    secretOf: async (name: string) => vault.get(name) ?? undefined,
    secretsVersion: (server: string) => secretsVersion(vault, server),
    oauth: {
      store: signInStore(vault),
      redirectUrl: options.callbackUrl,
      needsPerson: (server, page) => void signInPages.set(server, page),
    },
    guard: createAddressGuard({ privateHosts: options.privateHosts }),
    clientVersion: options.version,
    eras: erasIn(path.join(dataDir, "mcp", "eras")),
    placeOf: ({ name }, scope) =>
      places.get(scope) ?? (inFolder.has(name) ? { workspace: emptyDir, readOnlyWorkspace: true } : {}),
    onChanged: (server, tool, listed) => holdBackChanged(options, server, tool, listed),
    report: (server, _scope, sentence) => report(`${server}: ${sentence}`),
  } satisfies McpPoolOptions;
}

/** Holds back a server whose tool has changed. `listed` is the tool now; undefined: it is gone. */
function holdBackChanged(options: ServersOptions, server: string, tool: string, listed: ListedTool | undefined): void {
  // A task from before a person accepted the change, or that the tool is gone, still uses the old version; the server
  // itself is as approved.
  if (options.approvedHash(server, tool) === listed?.hash) return;
  const what = listed ? "has a different schema from the approved one" : "was removed";
  quarantine(options, server, `its tool ${tool} ${what}. A person has to look at it.`);
}

function quarantine({ toolStates, report }: ServersOptions, server: string, why: string): void {
  void toolStates
    .quarantine(server, why)
    .catch((error) => report(`The server ${server} could not be held back: ${error}`));
}

/** Loads the protocol's code only when somebody needs it. */
function outsideAgents() {
  return import("./outside-agents");
}

/** Calls a server's tool. `by` is the context of the task's call. */
function callTool(
  context: ServersContext,
  { name, server, tool }: OfferedServerTool,
  input: unknown,
  by: ToolContext,
): Promise<ToolOutcome> {
  const args = (input ?? {}) as Record<string, unknown>;
  if (isAgent(server.server))
    return outcomeOf(server, by, async () => {
      const { callAgent } = await outsideAgents();
      return callAgent(context, { server, tool }, args, by);
    });
  if (isApi(server.server)) return outcomeOf(server, by, () => callApi(context, { server, tool }, args, by));
  const { level } = effectOfServer(server);
  const asking = { asker: { server: server.name, tool: tool.name }, name, input, level };
  return answered(context, server, by, (config, use) =>
    context.pool.call(config, tool.name, args, {
      ...use,
      pinnedHash: tool.hash,
      onQuestion: questionsOf(asking, by),
      onProgress: ({ progress, total, message }) =>
        by.onProgress?.(`${message ?? tool.name} ${progress}${total === undefined ? "" : ` of ${total}`}`),
    }),
  );
}

/** Returns what the server asks during when a task reads a resource or a prompt of it. */
function reading(server: ServerOfTask, input: unknown): AskingCall {
  const { level } = effectOfServer(server);
  return { asker: { server: server.name, tool: null }, name: `server_resources ${server.name}`, input, level };
}

/** Sends one request of a task over its scope's connection. A failure becomes an error result for the model. */
function answered(
  context: ServersContext,
  server: ServerOfTask,
  by: ToolContext,
  ask: (config: ServerConfig, use: McpUse) => Promise<McpResult>,
): Promise<ToolOutcome> {
  const { signal, timeoutMs, workplace, treeId } = by;
  return outcomeOf(server, by, async () => {
    const config = await configOf(context, server);
    const { scope, workspace } = server.server;
    const use = { signal, timeoutMs, isLive: () => context.isLive(server) };
    if (scope === "shared") return ask(config, { ...use, scope });
    if (workspace === "none" || workplace === null) return ask(config, { ...use, scope: treeId });
    return workplace.servers.call((place) =>
      ask(config, { ...use, scope: scopeIn(context, server.server, { treeId, workplace, place }) }),
    );
  });
}

async function outcomeOf(
  server: ServerOfTask,
  { signal }: ToolContext,
  ask: () => Promise<McpResult>,
): Promise<ToolOutcome> {
  try {
    const result = await ask();
    const cutNote = result.isCut ? "\n[… the server's answer was longer and was cut here …]" : "";
    const outside = bringsOutside(server.server);
    const { files, isError } = result;
    return { content: `${result.text}${cutNote}`, isError, ...(files && { files }), ...(outside && { outside }) };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (!(error instanceof McpFailure)) throw error;
    const unsure = error.mayHaveRun ? " The call may have taken effect: check before you repeat it." : "";
    // An error message of the server is outside content too; a call that was never sent has only our own words.
    const outside = error.kind !== "invalid" && bringsOutside(server.server);
    return { content: `${error.message}${unsure}`, isError: true, ...(outside && { outside }) };
  }
}

interface InFolder {
  treeId: string;
  workplace: Workplace;
  place: number | null;
}

/**
 * Returns the scope of a server in a folder. Each view of the folder has its own: a process that was started for a task
 * that sees hidden tests must not serve one that must not see them. Both may work at the same time, so no process of
 * another view is ended. Servers of a place that the folder has left are.
 */
function scopeIn(
  { places, elsewhere, pool }: ServersContext,
  server: ServerBody,
  { treeId, workplace, place }: InFolder,
): string {
  const { root: workspace, hiddenPaths, isReadOnly, guardsGit = false } = workplace.folder;
  // A folder with the running system is read-only, whatever was approved.
  const readOnlyWorkspace = server.workspace === "read" || isReadOnly === true;
  const folder = `${treeId} ${server.workspace} ${workspace}`;
  const here = `${folder} ${place ?? "here"}`;
  const hidden = [...hiddenPaths].sort();
  const scope = `${here} ${hashOf([hidden, readOnlyWorkspace, guardsGit])}`;
  for (const former of places.keys())
    if (place !== null && former.startsWith(`${folder} `) && !former.startsWith(`${here} `)) {
      places.delete(former);
      void pool.close(former);
    }
  places.set(scope, { workspace, hiddenPaths: hidden, readOnlyWorkspace, guardsGit });
  if (place !== null) elsewhere.set(viewOf(workspace, hidden), workplace);
  return scope;
}

/** The key of a runner's workplace: another view of the same folder is another workplace. */
function viewOf(workspace: string, hiddenPaths: readonly string[]): string {
  return JSON.stringify([workspace, ...hiddenPaths]);
}

function hashOf(view: unknown): string {
  return createHash("sha256").update(JSON.stringify(view)).digest("hex").slice(0, 16);
}

async function endOf({ places, elsewhere, pool }: ServersContext, treeUid: string): Promise<void> {
  const ended = [treeUid, ...[...places.keys()].filter((scope) => scope.startsWith(`${treeUid} `))];
  for (const scope of ended) {
    const place = places.get(scope);
    if (place) elsewhere.delete(viewOf(place.workspace, place.hiddenPaths));
    places.delete(scope);
    await pool.close(scope);
  }
}

async function finishSignIn(
  { pool, signInPages }: ServersContext,
  body: ToolBody,
  answer: SignInAnswer,
): Promise<void> {
  const config = body.server && configIn(body.server);
  if (config?.kind !== "http") throw new UserError("invalid", `The server ${body.name} has no sign-in.`);
  try {
    await pool.finishSignIn({ ...config, name: body.name }, answer);
  } catch (error) {
    throw new UserError("conflict", (error as Error).message);
  }
  signInPages.delete(body.name);
}

/** Returns whether answers are outside content: always, except from an agent's own code without network access. */
function bringsOutside({ config, files }: ServerBody): boolean {
  const server = configIn({ config });
  return !files || server.kind !== "stdio" || (server.hosts ?? []).length > 0;
}
