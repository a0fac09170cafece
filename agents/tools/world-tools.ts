import { editFile } from "./edit-file";
import { findFiles } from "./find-files";
import { gitHistory } from "./git-history";
import { listDirectory } from "./list-directory";
import { measureFolder } from "./measure-folder";
import { openRepository } from "./open-repository";
import { readFile } from "./read-file";
import { type OutputPages, readOutput } from "./read-output";
import { searchFiles } from "./search-files";
import type { WorldTool } from "./tool";
import { useTerminal } from "./use-terminal";
import { writeFile } from "./write-file";

/** What some tools need beside what each call is given. */
export interface ToolServices {
  outputs: OutputPages;
}

/** Every tool that works on the world. Core tools are not among them. */
export function worldTools(services: ToolServices): readonly WorldTool[] {
  return [...PLAIN_TOOLS, readOutput(services.outputs)];
}

/** For whoever only looks at what there is, and calls nothing. */
export const NO_SERVICES: ToolServices = { outputs: { read: () => Promise.reject(onlyLooking()) } };

function onlyLooking(): Error {
  return new Error("This process only looks: it carries out no calls.");
}

const PLAIN_TOOLS: readonly WorldTool[] = [
  readFile,
  writeFile,
  editFile,
  listDirectory,
  findFiles,
  searchFiles,
  useTerminal,
  openRepository,
  measureFolder,
  gitHistory,
];
