/** Every limit of the client, each with its unit; `createMcpPool` takes overrides. */
export interface McpLimits {
  connections: number;
  connectionsPerServer: number;
  /** Calls under way over one connection; more wait their turn. */
  callsPerConnection: number;
  /** A connection without calls is closed after this time. */
  idleMs: number;
  /** From the start of the process to the answer to `initialize`, and the same again for the lists. */
  startMs: number;
  /** The longest that a call may last, however much progress its server reports. */
  callTotalMs: number;
  /** One message from a server. */
  frameBytes: number;
  /** The text of one result. */
  outputCharacters: number;
  /** The arguments of one call, as JSON. */
  argumentCharacters: number;
  messagesPerSecond: number;
  /** Of all that comes from a server, its standard error included. */
  bytesPerSecond: number;
  /** What a server that does not read its input may leave waiting. */
  unreadBytes: number;
  /** Calls over HTTP that were called off, after which a connection that is free is renewed: each may leave a stream open. */
  abandonedCalls: number;
  /** Lines on stdout that are no messages, before the server is given up. */
  rubbishLines: number;
  /** How long a server may go on with a call after it was cancelled; the second time it is ended. */
  cancelGraceMs: number;
  /** A connection that was quiet for this long is pinged before it is used again. */
  pingAfterMs: number;
  pingMs: number;
  /** A list of tools older than this is asked for again before a call. */
  listAgeMs: number;
  pages: number;
  /** Tools, and resources, and prompts, of one server. */
  listed: number;
  /** One tool's definition, as JSON. */
  toolCharacters: number;
  /** The first wait after the second failure in a row; it doubles up to `backOffMostMs`. */
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
  rubbishLines: 100,
  cancelGraceMs: 3_000,
  pingAfterMs: 30_000,
  pingMs: 5_000,
  listAgeMs: 10 * 60_000,
  pages: 50,
  listed: 500,
  toolCharacters: 64 * 1024,
  backOffMs: 1_000,
  backOffMostMs: 60_000,
};
