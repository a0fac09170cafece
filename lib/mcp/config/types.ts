/** Types that the folders of the MCP client share. All are plain data that can be stored as JSON. */

/** A value, or a reference to the vault: `before` + secret + `after`. */
export type Value = string | SecretReference;

export interface SecretReference {
  /** `mcp/<server>/<name>`. */
  secret: string;
  before?: string;
  after?: string;
}

/** One installed version of a package. Nothing else is ever started under this configuration. */
export interface PinnedPackage {
  name: string;
  version: string;
  /** From npm's lock file (`sha512-…`). */
  integrity: string;
  /** SHA-256 over all packages that it depends on, with their versions and integrities. */
  lockHash: string;
  /** The program's file, relative to the package's folder. */
  bin: string;
}

export type FolderAccess = "read" | "write";

export interface StdioServer {
  kind: "stdio";
  name: string;
  command: string;
  args: Value[];
  env: Record<string, Value>;
  cwd?: string;
  /** A host folder with generated code, mounted read-only at /server, where the server starts. */
  code?: string;
  /** Paths in its arguments are not mounted, because an agent proposed it and no person wrote them. */
  isConfined?: true;
  /** When set, the package's program runs with `args`, in place of `command`. */
  package?: PinnedPackage;
  /** Folders of the host that it sees, by full path, besides those that its arguments name. "read" may be a file. */
  folders?: Record<string, FolderAccess>;
  /** Banyan keeps a folder for its files, at `STATE_PLACE`. Absent: what it writes elsewhere ends with its process. */
  keeps?: true;
  /** Hosts that a person lets it reach (`host`, `host:port`, `*.host`); absent: no network. */
  hosts?: string[];
}

export interface HttpServer {
  kind: "http";
  name: string;
  url: Value;
  headers: Record<string, Value>;
  /** A client registered beforehand; absent: dynamic registration. */
  oauth?: { clientId?: string; clientSecret?: Value; scope?: string };
}

export type ServerConfig = StdioServer | HttpServer;

/** How a server relates to trees. These keys are Banyan's own; other programs ignore them. */
export interface ServerPlacement {
  /** One process per tree, or one process for all trees. */
  scope: "tree" | "shared";
  /** How it sees a tree's folder, at /workspace. */
  workspace: "none" | "read" | "write";
}

/** A tool as the server lists it, with the hash that its calls pin. */
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
  /** In bytes, as the server reports it. */
  size?: number;
}

export interface ListedPrompt {
  name: string;
  description?: string;
  arguments: { name: string; description?: string; required: boolean }[];
}

/** What a server reports about itself. All its text comes from the server and is not to be trusted. */
export interface ServerDescription {
  server: string;
  info: { name: string; version: string };
  protocolVersion: string;
  instructions?: string;
  tools: ListedTool[];
  /** Names of tools that it lists too, and for whose schemas no time was left. */
  late: readonly string[];
  resources: ListedResource[];
  /** `uri` is a URI template (RFC 6570). */
  resourceTemplates: ListedResource[];
  prompts: ListedPrompt[];
  /** One sentence for each thing that was left out, with the reason. */
  problems: string[];
  /** From the start of the connection to the last list, in milliseconds. */
  durationMs: number;
}

export interface McpProgress {
  progress: number;
  total?: number;
  message?: string;
}

/** The result that a model reads. */
export interface McpResult {
  text: string;
  /** Whether the server reports that the tool failed. */
  isError: boolean;
  /** Whether the text was cut at the limit. */
  isCut: boolean;
  /** The images and PDF files among its parts. The server's types are not to be trusted. */
  files?: { name: string; bytes: Uint8Array }[];
}
