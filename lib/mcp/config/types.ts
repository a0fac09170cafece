/** Shapes that the rooms of the MCP client share. All of them are plain data and can be kept as JSON. */

/** A value, or where the vault keeps it: `before` + secret + `after`. */
export type Value = string | SecretReference;

export interface SecretReference {
  /** `mcp/<server>/<name>`. */
  secret: string;
  before?: string;
  after?: string;
}

/** One version of a package, as it was installed: nothing else is ever started under this configuration. */
export interface PinnedPackage {
  name: string;
  version: string;
  /** As npm's lock file has it (`sha512-…`). */
  integrity: string;
  /** SHA-256 over all packages that it brought along, with their versions and integrities. */
  lockHash: string;
  /** The program's file, relative to the package's folder. */
  bin: string;
}

export interface StdioServer {
  kind: "stdio";
  name: string;
  command: string;
  args: Value[];
  env: Record<string, Value>;
  cwd?: string;
  /** A host folder with code of its own, seen read-only at /server, where it is started. */
  code?: string;
  /** Nothing that its arguments name is shown to it: an agent proposed it, and no person wrote them. */
  isConfined?: true;
  /** Set: `command` is not run; the package's program is, with `args`. */
  package?: PinnedPackage;
  /** Hosts that it may reach (`host`, `host:port`, `*.host`), which a person named; absent: no network. */
  hosts?: string[];
}

export interface HttpServer {
  kind: "http";
  name: string;
  url: Value;
  headers: Record<string, Value>;
  /** A client that was registered beforehand; absent: the server registers one itself (dynamic registration). */
  oauth?: { clientId?: string; clientSecret?: Value; scope?: string };
}

export type ServerConfig = StdioServer | HttpServer;

/** A tool as the server lists it, and the hash that a call of it pins. */
export interface ListedTool {
  name: string;
  description: string;
  /** JSON Schema with `type: "object"`. */
  inputSchema: Record<string, unknown>;
  annotations?: Record<string, unknown>;
  hash: string;
}

export interface ListedResource {
  uri: string;
  name: string;
  description?: string;
  mimeType?: string;
  /** In bytes, as the server says. */
  size?: number;
}

export interface ListedPrompt {
  name: string;
  description?: string;
  arguments: { name: string; description?: string; required: boolean }[];
}

/** What a server said about itself. All text in it is the server's own and not to be trusted. */
export interface ServerDescription {
  server: string;
  info: { name: string; version: string };
  protocolVersion: string;
  instructions?: string;
  tools: ListedTool[];
  resources: ListedResource[];
  /** `uri` is a URI template (RFC 6570). */
  resourceTemplates: ListedResource[];
  prompts: ListedPrompt[];
  /** One sentence for each thing that was left out, and why. */
  problems: string[];
  /** From the start of the connection to the last list, in milliseconds. */
  durationMs: number;
}

export interface McpProgress {
  progress: number;
  total?: number;
  message?: string;
}

/** What a model reads. */
export interface McpResult {
  text: string;
  /** The server says that the tool failed. */
  isError: boolean;
  /** The text was cut at the limit. */
  isCut: boolean;
}
