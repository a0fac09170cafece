/** All limits of the client, each with its unit; `createMcpPool` takes overrides. */
export interface McpLimits {
  connections: number;
  connectionsPerServer: number;
  /** Parallel calls on one connection; more calls wait. */
  callsPerConnection: number;
  /** A connection without calls is closed after this time. */
  idleMs: number;
  /** From the start of the process to the answer to `initialize`; the lists get the same time again. */
  startMs: number;
  /** The longest duration of a call, even while its server reports progress. */
  callTotalMs: number;
  /** The size of one message from a server. */
  frameBytes: number;
  /** The length of one result's text. */
  outputCharacters: number;
  /** The length of one call's arguments, as JSON. */
  argumentCharacters: number;
  messagesPerSecond: number;
  /** All data from a server, its standard error included. */
  bytesPerSecond: number;
  /** Data that waits for a server that does not read its input. */
  unreadBytes: number;
  /** After this many cancelled calls over HTTP, an idle connection is renewed, because each may leave a stream open. */
  abandonedCalls: number;
  /** Lines on stdout without a message between them, before the server is closed. */
  rubbishLines: number;
  /** How long a server may continue a cancelled call; the second time, the server is closed. */
  cancelGraceMs: number;
  /** A connection that was quiet for this long is pinged before its next use. */
  pingAfterMs: number;
  pingMs: number;
  /** A list of tools older than this is requested again before a call. */
  listAgeMs: number;
  /** How long a lost subscription to changes of lists stays lost, before it is opened again. */
  listenAgainMs: number;
  pages: number;
  /** The number of tools, of resources, and of prompts of one server. */
  listed: number;
  /** The length of one tool's definition, as JSON. */
  toolCharacters: number;
  /** The length of all tools' definitions of one server together. */
  listCharacters: number;
  /** The CPU time that reading the schemas of one list may take, during which this process does nothing else. */
  schemasMs: number;
  /** The first wait, after the second failure in a row; it doubles up to `backOffMostMs`. */
  backOffMs: number;
  backOffMostMs: number;
}

export const DEFAULT_MCP_LIMITS: McpLimits = {
  connections: 24,
  connectionsPerServer: 8,
  callsPerConnection: 8,
  idleMs: 5 * 60_000,
  startMs: 30_000,
  callTotalMs: 60 * 60_000,
  frameBytes: 8 * 1024 * 1024,
  outputCharacters: 1024 * 1024,
  argumentCharacters: 1024 * 1024,
  messagesPerSecond: 2_000,
  bytesPerSecond: 64 * 1024 * 1024,
  unreadBytes: 16 * 1024 * 1024,
  abandonedCalls: 16,
  rubbishLines: 1_000,
  cancelGraceMs: 3_000,
  pingAfterMs: 30_000,
  pingMs: 5_000,
  listAgeMs: 10 * 60_000,
  listenAgainMs: 30_000,
  pages: 50,
  listed: 2_000,
  toolCharacters: 64 * 1024,
  listCharacters: 32 * 1024 * 1024,
  schemasMs: 5_000,
  backOffMs: 1_000,
  backOffMostMs: 60_000,
};
