import { NO_TERMINALS } from "@/lib/terminals/none";
import type { Terminals } from "@/lib/terminals/port";
import type { Web } from "@/lib/web/web";
import type { CodingAgents } from "./coding/prepare";
import { codingAgentTool } from "./coding/run-coding-agent";
import type { WorldTool } from "./contract/tool";
import { editFile } from "./files/edit-file";
import { extractArchive } from "./files/extract-archive";
import { findFiles } from "./files/find-files";
import { listDirectory } from "./files/list-directory";
import { measureFolder } from "./files/measure-folder";
import { readFile } from "./files/read-file";
import { searchFiles } from "./files/search-files";
import { writeFile } from "./files/write-file";
import { gitHistory } from "./git/git-history";
import { type GitOperationsOptions, gitOperations } from "./git/git-operations";
import { openRepository } from "./git/open-repository";
import type { GoalSources } from "./goals/checks";
import { goalTools } from "./goals/goal-tools";
import { type ServerReader, type ServerToolsOf, serverResources } from "./outside/server-resources";
import { webFetch } from "./outside/web-fetch";
import { webSearch } from "./outside/web-search";
import { queryDatabase } from "./own-tree/query-database";
import { queryTrees } from "./own-tree/query-trees";
import { type OutputPages, readOutput } from "./own-tree/read-output";
import type { TreeSql } from "./own-tree/tree-sql";
import { checkChange, type SelfTools } from "./self/check-change";
import type { SpecificationSources } from "./specification/sources";
import { specificationTools } from "./specification/specification-tools";
import { terminalInput } from "./terminal/terminal-input";
import { terminalOutput } from "./terminal/terminal-output";
import { terminalStop } from "./terminal/terminal-stop";
import { terminalTool } from "./terminal/use-terminal";

/** Services that some tools need in addition to a call's context. */
export interface ToolServices {
  outputs: OutputPages;
  terminals: Pick<Terminals, "hostsOf">;
  treeSql: TreeSql;
  web: Web;
  git: GitOperationsOptions;
  servers: ServerReader;
  serverTools: ServerToolsOf;
  self: SelfTools;
  goals: GoalSources;
  specifications: SpecificationSources;
  codingAgents: CodingAgents;
}

/** Returns all world tools. The core tools are in catalogue.ts. */
export function worldTools(services: ToolServices): readonly WorldTool[] {
  const { outputs, terminals, treeSql, web, git, servers, serverTools, self, goals, specifications, codingAgents } =
    services;
  return [
    ...PLAIN_TOOLS,
    terminalTool({ packagesOf: self.packagesOf }),
    terminalOutput as WorldTool,
    terminalInput(terminals),
    terminalStop as WorldTool,
    readOutput(outputs),
    queryDatabase(treeSql),
    queryTrees(treeSql),
    gitOperations(git) as WorldTool,
    webFetch(web),
    webSearch(web),
    serverResources(servers, serverTools),
    checkChange(self) as WorldTool,
    ...goalTools(goals),
    ...specificationTools(specifications),
    codingAgentTool(codingAgents),
  ];
}

/** For a process in which no change of Banyan's own source is made. */
export const NO_SELF: SelfTools = {
  changes: absent(),
  sandbox: absent(),
  packagesOf: () => null,
  copiedFrom: () => null,
};

/** For a process that only lists the tools and never calls them. */
export const NO_SERVICES: ToolServices = {
  outputs: absent(),
  terminals: NO_TERMINALS,
  treeSql: absent(),
  web: absent(),
  git: { credential: async () => null },
  servers: absent(),
  serverTools: () => [],
  self: NO_SELF,
  goals: absent(),
  specifications: absent(),
  codingAgents: { configured: [], searchPath: "" },
};

function absent<Service extends object>(): Service {
  const refuse = () => Promise.reject(new Error("This process only lists tools; it cannot call them."));
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
