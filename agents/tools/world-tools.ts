import { editFile } from "./edit-file";
import { findFiles } from "./find-files";
import { gitHistory } from "./git-history";
import { listDirectory } from "./list-directory";
import { measureFolder } from "./measure-folder";
import { openRepository } from "./open-repository";
import { readFile } from "./read-file";
import { searchFiles } from "./search-files";
import type { WorldTool } from "./tool";
import { useTerminal } from "./use-terminal";
import { writeFile } from "./write-file";

/** Every tool that works on the world. Core tools are not among them. */
export const WORLD_TOOLS: readonly WorldTool[] = [
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
