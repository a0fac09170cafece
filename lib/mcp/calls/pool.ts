import { createHash } from "node:crypto";
import { McpFailure, reasonOf } from "@/lib/mcp/config/errors";
import { headersOfCall } from "@/lib/mcp/config/header-arguments";
import type { SignInAnswer } from "@/lib/mcp/config/oauth-callback";
import { canonicalJson } from "@/lib/mcp/config/schema";
import type {
  HttpServer,
  ListedTool,
  McpProgress,
  McpResult,
  ServerConfig,
  ServerDescription,
  StdioServer,
} from "@/lib/mcp/config/types";
import { type AddressGuard, createAddressGuard } from "@/lib/mcp/transport/address-guard";
import { createGuardedFetch } from "@/lib/mcp/transport/http-fetch";
import type { LaunchOptions, ServerPlace } from "@/lib/mcp/transport/launch";
import type { SandboxPort } from "@/lib/sandbox/port";
import { realTimers, type Timers } from "@/lib/time/timers";
import { type AskOptions, SessionLost } from "./ask";
import { type Auths, createAuths } from "./auths";
import type { Failing } from "./back-off";
import { type Connection, openConnection } from "./connection";
import {
  callResultSchema,
  promptResultSchema,
  readResultSchema,
  textOfCall,
  textOfPrompt,
  textOfResource,
} from "./content";
import { type EraStore, erasInMemory } from "./eras";
import { DEFAULT_MCP_LIMITS, type McpLimits } from "./limits";
import type { OAuthOptions } from "./oauth";
import { addressOf, openHttp, openStdio } from "./open-transport";
import type { OnQuestion } from "./questions";
import type { ListName } from "./server-lists";
import { checkLive, type Wanted } from "./slot";
import { createSlots, type SlotHealth, type Slots } from "./slots";

export interface McpPoolOptions extends Pick<LaunchOptions, "stateOf"> {
  sandbox: Pick<SandboxPort, "start">;
  /** `<data>/mcp/packages`. */
  packagesDir: string;
  /** Host paths that no server may see. */
  hiddenPaths: readonly string[];
  /** Returns what one process of a server sees in addition to what its configuration names. */
  placeOf?(server: StdioServer, scope: string): ServerPlace;
  /** Reads `mcp/<server>/<NAME>` from the vault; undefined when it has no value. */
  secretOf(name: string): Promise<string | undefined>;
  /**
   * Returns a text that changes when a secret of a server is set or removed, by any process. Its connections are ended
   * before the next call then. Absent: `closeServer` is always called.
   */
  secretsVersion?(server: string): string;
  /** Checks each request over HTTP and each redirect; absent: public addresses only. */
  guard?: AddressGuard;
  /** Absent: servers that require a sign-in cannot be used. */
  oauth?: OAuthOptions;
  /** Absent: what was learned about versions is forgotten with this process. */
  eras?: EraStore;
  limits?: Partial<McpLimits>;
  clientVersion?: string;
  /** A server reports that one of its lists has changed, so it has to be described again. */
  onListChanged?(server: string, list: ListName): void;
  /**
   * A call was refused because the tool differs from its pinned version. `listed` is the present version; undefined
   * when the tool is gone.
   */
  onChanged?(server: string, tool: string, listed: ListedTool | undefined): void;
  /** Receives one sentence for the log: a crash, a closed connection. */
  report?(server: string, scope: string, sentence: string): void;
  now?(): number;
  timers?: Timers;
}

export interface McpUse {
  /** A tree's id: a tree has its own processes and sessions. `shared`: one process for all trees. */
  scope: string;
  signal?: AbortSignal;
  /** The call is cancelled after this many milliseconds without an answer or progress. */
  timeoutMs: number;
  /**
   * Whether a person still lets this configuration be used. Asked when the call has waited, and right before the server
   * is opened and a secret is read. Absent: always.
   */
  isLive?: (() => boolean) | undefined;
  /** Asks a person what the server wants to know. Absent: nobody can be asked, and the server's question is declined. */
  onQuestion?: OnQuestion | undefined;
}

export interface McpCall extends McpUse {
  /** The tool's hash when it was approved. */
  pinnedHash: string;
  /** Called at most ten times a second. */
  onProgress?(progress: McpProgress): void;
}

interface McpHealth {
  connections: SlotHealth[];
  /** Servers whose last attempt failed. */
  failing: Failing[];
}

/** Calls tool servers. Everything rejects with a McpFailure, unless it says otherwise. */
export interface McpPool {
  /** Starts the server on a separate connection, lists everything, and closes it. `isLive` as for a call. */
  describe(server: ServerConfig, isLive?: McpUse["isLive"]): Promise<ServerDescription>;
  /** Describes the server over the connection of a scope. */
  describeIn(server: ServerConfig, use: McpUse): Promise<ServerDescription>;
  call(server: ServerConfig, tool: string, args: Record<string, unknown>, use: McpCall): Promise<McpResult>;
  readResource(server: ServerConfig, uri: string, use: McpUse): Promise<McpResult>;
  getPrompt(server: ServerConfig, name: string, args: Record<string, string>, use: McpUse): Promise<McpResult>;
  /** Completes a sign-in when the person has come back from the page. Rejects with an Error of one sentence. */
  finishSignIn(server: HttpServer, answer: SignInAnswer): Promise<void>;
  health(): McpHealth;
  /** Closes the connections of one scope; without a scope closes all, and the pool accepts no more calls. */
  close(scope?: string): Promise<void>;
  /** Closes the connections of a server that was removed, switched off, quarantined or given other secrets. */
  closeServer(name: string): Promise<void>;
}

const PROGRESS_PAUSE_MS = 100;
const MOST_TRIES = 3;

interface PoolContext {
  options: McpPoolOptions;
  limits: McpLimits;
  timers: Timers;
  now(): number;
  guard: AddressGuard;
  slots: Slots;
  eras: EraStore;
  auths: Auths;
  /** The version of the secrets with which a server's connections were opened, by its name. */
  secretsVersions: Map<string, string>;
  /** The number of servers started only for a description; it numbers their scopes. */
  tests: number;
}

export function createMcpPool(options: McpPoolOptions): McpPool {
  const limits = { ...DEFAULT_MCP_LIMITS, ...options.limits };
  const { timers = realTimers, now = () => performance.timeOrigin + performance.now() } = options;
  const context: PoolContext = {
    options,
    limits,
    timers,
    now,
    guard: options.guard ?? createAddressGuard(),
    slots: createSlots({
      limits,
      timers,
      now,
      open: (wanted, signal, onClosed) => open(context, wanted, signal, onClosed),
    }),
    eras: options.eras ?? erasInMemory(),
    auths: createAuths(options.oauth),
    secretsVersions: new Map(),
    tests: 0,
  };
  const { slots } = context;
  return {
    describe: (server, isLive) => describeAlone(context, server, isLive),
    describeIn: (server, how) => use(context, server, how, (connection) => connection.describe(how.signal)),
    call: (server, tool, args, how) => callTool(context, server, tool, args, how),
    readResource: (server, uri, how) =>
      answer(context, server, how, async (connection, ask) =>
        textOfResource(
          await connection.request("resources/read", { uri }, readResultSchema, ask),
          limits.outputCharacters,
        ),
      ),
    getPrompt: (server, name, args, how) =>
      answer(context, server, how, async (connection, ask) =>
        textOfPrompt(
          await connection.request("prompts/get", { name, arguments: args }, promptResultSchema, ask),
          limits.outputCharacters,
        ),
      ),
    finishSignIn: (server, answer) => finishSignIn(context, server, answer),
    health: () => ({ connections: slots.health(), failing: slots.failing() }),
    close: slots.close,
    closeServer: (name) => closeServer(context, name),
  };
}

function open(
  context: PoolContext,
  wanted: Wanted,
  signal: AbortSignal,
  onClosed: (why: McpFailure | null) => void,
): Promise<Connection> {
  const { options, limits, timers, now, guard, eras } = context;
  const { server, key, scope } = wanted;
  const secretOf = async (name: string) => {
    checkLive(wanted);
    return options.secretOf(name);
  };
  const more = { limits, guard, now, secretOf };
  return openConnection({
    server: server.name,
    verb: server.kind === "stdio" ? "started" : "reached",
    limits,
    timers,
    now,
    signal,
    clientVersion: options.clientVersion ?? "1.0.0",
    ...(server.kind === "stdio" && {
      era: { isOld: () => eras.isOld(key), keep: (isOld: boolean) => eras.keep(key, isOld) },
    }),
    open: (hooks) =>
      server.kind === "stdio"
        ? openStdio(server, hooks, {
            ...more,
            sandbox: options.sandbox,
            packagesDir: options.packagesDir,
            ...(options.stateOf && { stateOf: options.stateOf }),
            hiddenPaths: options.hiddenPaths,
            ...(options.placeOf && { place: options.placeOf(server, scope) }),
          })
        : openHttp(
            server,
            hooks,
            options.oauth ? { ...more, authOf: (of, url) => context.auths.of(of, key, url, secretOf) } : more,
          ),
    onListChanged: (list) => options.onListChanged?.(server.name, list),
    onClosed(why) {
      if (why) options.report?.(server.name, scope, why.message);
      onClosed(why);
    },
  });
}

async function closeServer({ auths, slots }: PoolContext, name: string): Promise<void> {
  auths.forget(name);
  await slots.closeServer(name);
}

/** Ends the connections that were opened with other secrets, because nobody tells this process what another one stores. */
async function endOutdated(context: PoolContext, name: string): Promise<void> {
  const { options, secretsVersions } = context;
  const now = options.secretsVersion?.(name) ?? "";
  const before = secretsVersions.get(name);
  secretsVersions.set(name, now);
  if (before !== undefined && before !== now) await closeServer(context, name);
}

async function finishSignIn(context: PoolContext, server: HttpServer, answer: SignInAnswer): Promise<void> {
  const { options, guard, limits } = context;
  await endOutdated(context, server.name);
  const url = await addressOf(server, options.secretOf);
  const auth = await context.auths.of(server, keyOf(server), url, options.secretOf);
  await auth.finish(answer, createGuardedFetch({ guard, frameBytes: limits.frameBytes }));
}

/** Describes the server on a separate connection, and closes it afterwards. */
async function describeAlone(
  context: PoolContext,
  server: ServerConfig,
  isLive: McpUse["isLive"],
): Promise<ServerDescription> {
  const { slots } = context;
  const { signal } = new AbortController();
  await endOutdated(context, server.name);
  context.tests += 1;
  const scope = `test ${context.tests}`;
  try {
    const slot = await slots.enter({ server, key: keyOf(server), scope, isLive }, signal);
    try {
      return await slot.connection.describe(signal);
    } finally {
      slot.leave();
    }
  } finally {
    await slots.close(scope);
  }
}

/** Runs one request over the scope's connection. Opens a new session when the server no longer knows the old one. */
async function use<T>(
  context: PoolContext,
  server: ServerConfig,
  { scope, signal = new AbortController().signal, isLive }: McpUse,
  run: (connection: Connection, giveWay: () => void) => Promise<T>,
): Promise<T> {
  const { slots } = context;
  const wanted = { server, key: keyOf(server), scope, isLive };
  await endOutdated(context, server.name);
  for (let tries = 1; ; tries += 1) {
    const slot = await slots.enter(wanted, signal);
    try {
      const result = await run(slot.connection, slot.giveWay);
      slot.worked();
      return result;
    } catch (error) {
      if (!(error instanceof McpFailure))
        throw new McpFailure(
          "misbehaved",
          `The server ${server.name} sent an unreadable message: ${reasonOf(error)}.`,
          true,
        );
      if (!(error instanceof SessionLost) || tries === MOST_TRIES) throw error;
      await slot.connection.close();
    } finally {
      slot.leave();
    }
  }
}

/** Runs a request during which the server may ask a person. Questions without an answer are noted in what comes back. */
async function answer(
  context: PoolContext,
  server: ServerConfig,
  how: McpUse,
  run: (connection: Connection, ask: AskOptions) => Promise<McpResult>,
): Promise<McpResult> {
  const { timeoutMs, signal, onQuestion } = how;
  const notes: string[] = [];
  try {
    const result = await use(context, server, how, (connection, giveWay) => {
      const asking = onQuestion && givingWay(onQuestion, giveWay);
      return run(connection, { timeoutMs, signal, questions: { onQuestion: asking, notes } });
    });
    return { ...result, text: [result.text, ...notes.map((note) => `[${note}]`)].join("\n") };
  } catch (error) {
    if (!(error instanceof McpFailure) || notes.length === 0) throw error;
    throw new McpFailure(error.kind, [error.message, ...notes].join(" "), error.mayHaveRun);
  }
}

/** A call that waits for a person needs no place among the calls that run. */
function givingWay(onQuestion: OnQuestion, giveWay: () => void): OnQuestion {
  return (form) => {
    giveWay();
    return onQuestion(form);
  };
}

async function callTool(
  context: PoolContext,
  server: ServerConfig,
  tool: string,
  args: Record<string, unknown>,
  call: McpCall,
): Promise<McpResult> {
  const { limits, now } = context;
  const size = JSON.stringify(args).length;
  if (size > limits.argumentCharacters)
    throw new McpFailure(
      "invalid",
      `The arguments of ${tool} have ${size} characters; the limit is ${limits.argumentCharacters}.`,
    );
  const onProgress = paced(call.onProgress, now);
  return answer(context, server, call, async (connection, ask) => {
    const { inputSchema } = await checkPinned(context, server, connection, tool, call);
    const result = await connection.request("tools/call", { name: tool, arguments: args }, callResultSchema, {
      ...ask,
      onProgress,
      headers: headersOfCall(inputSchema, args),
    });
    return textOfCall(result, limits.outputCharacters);
  });
}

async function checkPinned(
  { options }: PoolContext,
  server: ServerConfig,
  connection: Connection,
  name: string,
  call: McpCall,
): Promise<ListedTool> {
  const { tools, late } = await connection.listing(call.signal);
  const listed = tools.find((tool) => tool.name === name);
  if (listed?.hash === call.pinnedHash) return listed;
  if (!listed && late.includes(name))
    throw new McpFailure(
      "unavailable",
      `The tool ${name} of the server ${server.name} was not called, because reading the server's tools took too long; call it again later.`,
    );
  options.onChanged?.(server.name, name, listed);
  const how = listed ? "is not what was approved (its description or schema changed)" : "is no longer offered";
  throw new McpFailure(
    "changed",
    `The tool ${name} of the server ${server.name} ${how}, so it was not called; a person has to review the server.`,
  );
}

/** A key per configuration, because another configuration under the same name is another server. */
function keyOf(server: ServerConfig): string {
  return `${server.name} ${createHash("sha256").update(canonicalJson(server)).digest("hex")}`;
}

function paced(onProgress: McpCall["onProgress"], now: () => number): (progress: McpProgress) => void {
  let lastMs = Number.NEGATIVE_INFINITY;
  return (progress) => {
    if (now() - lastMs < PROGRESS_PAUSE_MS) return;
    lastMs = now();
    onProgress?.(progress);
  };
}
