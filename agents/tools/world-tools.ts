import { NO_TERMINALS } from "@/lib/terminals/none";
import type { Terminals } from "@/lib/terminals/port";
import { editFile } from "./edit-file";
import { findFiles } from "./find-files";
import { gitHistory } from "./git-history";
import { listDirectory } from "./list-directory";
import { measureFolder } from "./measure-folder";
import { openRepository } from "./open-repository";
import { readFile } from "./read-file";
import { type OutputPages, readOutput } from "./read-output";
import { searchFiles } from "./search-files";
import { terminalInput } from "./terminal-input";
import { terminalOutput } from "./terminal-output";
import { terminalStop } from "./terminal-stop";
import type { WorldTool } from "./tool";
import { terminalTool } from "./use-terminal";
import { writeFile } from "./write-file";

/** What some tools need beside what each call is given. */
export interface ToolServices {
  outputs: OutputPages;
  /** Absent: nothing runs in the background here. */
  terminals?: Terminals;
  /** The most processor seconds that a command may ask for. */
  maxCpuSeconds?: number;
}

/** Every tool that works on the world. Core tools are not among them. */
export function worldTools(services: ToolServices): readonly WorldTool[] {
  const { outputs, terminals = NO_TERMINALS, maxCpuSeconds } = services;
  return [
    ...PLAIN_TOOLS,
    terminalTool(terminals, { maxCpuSeconds }),
    terminalOutput(terminals),
    terminalInput(terminals),
    terminalStop(terminals),
    readOutput(outputs),
  ];
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
  openRepository,
  measureFolder,
  gitHistory,
];
