import { NO_TERMINALS } from "@/lib/terminals/none";
import type { Terminals } from "@/lib/terminals/port";
import type { Web } from "@/lib/web/web";
import type { Configuration } from "../configuration";
import type { TreeSql } from "../tree-sql";
import { editFile } from "./edit-file";
import { extractArchive } from "./extract-archive";
import { findFiles } from "./find-files";
import { gitHistory } from "./git-history";
import { type GitOperationsOptions, gitOperations } from "./git-operations";
import { listDirectory } from "./list-directory";
import { measureFolder } from "./measure-folder";
import { openRepository } from "./open-repository";
import { queryDatabase } from "./query-database";
import { readFile } from "./read-file";
import { type OutputPages, readOutput } from "./read-output";
import { searchFiles } from "./search-files";
import { type ServerReader, serverResources } from "./server-resources";
import { terminalInput } from "./terminal-input";
import { terminalOutput } from "./terminal-output";
import { terminalStop } from "./terminal-stop";
import type { WorldTool } from "./tool";
import { terminalTool } from "./use-terminal";
import { webFetch } from "./web-fetch";
import { webSearch } from "./web-search";
import { writeFile } from "./write-file";

/** What some tools need beside what each call is given. */
export interface ToolServices {
  outputs: OutputPages;
  terminals: Terminals;
  treeSql: TreeSql;
  web: Web;
  git: GitOperationsOptions;
  servers: ServerReader;
  serverTools: Configuration["serverTools"];
}

/** Every tool that works on the world. Core tools are not among them. */
export function worldTools(services: ToolServices): readonly WorldTool[] {
  const { outputs, terminals, treeSql, web, git, servers, serverTools } = services;
  return [
    ...PLAIN_TOOLS,
    terminalTool(terminals),
    terminalOutput(terminals),
    terminalInput(terminals),
    terminalStop(terminals),
    readOutput(outputs),
    queryDatabase(treeSql),
    gitOperations(git) as WorldTool,
    webFetch(web),
    webSearch(web),
    serverResources(servers, serverTools),
  ];
}

/** For whoever only looks at what there is, and calls nothing. */
export const NO_SERVICES: ToolServices = {
  outputs: absent(),
  terminals: NO_TERMINALS,
  treeSql: absent(),
  web: absent(),
  git: { credential: async () => null },
  servers: absent(),
  serverTools: () => [],
};

function absent<Service extends object>(): Service {
  const refuse = () => Promise.reject(new Error("This process only looks: it carries out no calls."));
  return new Proxy({} as Service, { get: () => refuse });
}

const PLAIN_TOOLS: readonly WorldTool[] = [
  readFile,
  writeFile,
  editFile,
  listDirectory,
  findFiles,
  searchFiles,
  extractArchive,
  openRepository,
  measureFolder,
  gitHistory,
] as WorldTool[];
