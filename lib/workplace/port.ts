/**
 * A workplace is a tree's folder, or a task's own, and everything that happens in it: files, commands, git, snapshots,
 * checks in clean rooms, coding agents. Turns and tools reach folders and programs only through this port, so none of them
 * knows on which machine a folder is. What a method takes and gives is data, besides `Live` and a program's streams.
 *
 * A failure that a model or a person may read is a `WorkspaceError` with one sentence. An aborted call rejects with the
 * signal's reason.
 */

import type { Executable } from "../acp/executable";
import type { Extracted } from "../archive/extract-zip";
import type { RememberedFile } from "../clean-room/fixed-files";
import type { TestsInFolder } from "../clean-room/prepare-tests";
import type { RoomOptions } from "../clean-room/room";
import type { NamedPush, PushComparison, PushTarget } from "../git/compare-push";
import type { FolderHistory, OpenedRepository } from "../git/opened";
import type { GitRequest } from "../git/operations";
import type { RemoteOptions } from "../git/remote";
import type { MeasuredFolder } from "../measure/measure-workspace";
import type {
  NetworkAccess,
  SandboxLimits,
  SandboxPlace,
  SandboxProcess,
  SandboxResult,
  SandboxStart,
  SandboxStatus,
} from "../sandbox/port";
import type { Snapshot } from "../snapshots/port";
import type { TerminalOutput, TerminalPoll } from "../terminals/port";
import type { Edit } from "../workspace/edited";
import type { FindRequest, FoundFiles, ListedFolder } from "../workspace/find";
import type { WorkspaceView } from "../workspace/path";
import type { SearchRequest, SearchResult } from "../workspace/search";

/** Which folder a workplace is of, who works in it, and what the rules allow there. Paths are absolute paths of the server. */
export interface WorkplaceFolder extends WorkspaceView {
  /** Public ids. */
  tree: string;
  task: string;
  /** The task whose own folder it is; null: the tree's folder. */
  owner: string | null;
  /** What the host keeps for the folder (homes, trusted copies of repositories), outside of every workspace. */
  cacheDir: string;
  /** Set where the folder is on a runner, so that the paths are nobody's. */
  isElsewhere?: true;
  /** Set where folders are on a runner, for a call that goes on after a restart of the server. */
  call?: WorkplaceCall;
  /** Called when an operation begins to wait for a slot of its runner; what it returns, when the wait has ended. */
  inLine?: () => () => void;
}

/** A call of a tool whose operations run once, though the call may begin again. */
export interface WorkplaceCall {
  /** Unique forever. */
  id: string;
  /** Where it began. */
  place: { number: number; runner: string };
  /** It began before, and was cut. */
  isResumed: boolean;
}

/** What a call and its caller tell each other while it runs. */
interface Live {
  signal: AbortSignal;
  /** Called at each sign of life. Must not throw. */
  onActivity?: (() => void) | undefined;
}

/** A command's. */
export interface CommandLive extends Live {
  /** Called with each piece of output. Must not throw. */
  onOutput?: ((text: string, stream: "stdout" | "stderr") => void) | undefined;
}

export interface Workplace {
  readonly folder: WorkplaceFolder;
  files: WorkplaceFiles;
  commands: WorkplaceCommands;
  git: WorkplaceGit;
  snapshots: WorkplaceSnapshots;
  codingAgents: WorkplaceAgents;
  servers: WorkplaceServers;
  /** Returns the room of this name beside the folder: a copy in which the host runs commands, and which it throws away. */
  room(name: string): Room;
}

export interface Workplaces {
  of(folder: WorkplaceFolder): Workplace;
}

/**
 * Paths are relative to the folder, or absolute as the sandbox shows them. Reading, listing and
 * searching follow links that lead to a place in the folder; nothing is written through links.
 */
export interface WorkplaceFiles {
  isThere(): Promise<boolean>;
  /** A folder that is not there is empty. */
  isEmpty(): Promise<boolean>;
  readText(path: string, limitBytes?: number): Promise<string>;
  /** Resolves with null when there is no such file. */
  readTextIfThere(path: string, limitBytes?: number): Promise<string | null>;
  /** Resolves with the bytes of an image or a PDF file. */
  readTextOrMedia(path: string): Promise<{ text: string } | { bytes: Uint8Array }>;
  /**
   * Creates or replaces the file as one step, with missing folders above it. One that is there keeps its encoding, byte
   * order mark, and line ends of Windows.
   */
  write(path: string, content: string): Promise<{ created: boolean; sizeBytes: number }>;
  /** Resolves with the number of replaced places. */
  edit(edit: Edit): Promise<{ count: number }>;
  /** Removes a file; one that is not there is no failure. */
  remove(path: string): Promise<void>;
  list(path: string | undefined, most: number, signal: AbortSignal): Promise<ListedFolder>;
  find(request: FindRequest, signal: AbortSignal): Promise<FoundFiles>;
  /** `timeoutMs`: for the whole search. */
  search(request: SearchRequest, timeoutMs: number, signal: AbortSignal): Promise<SearchResult>;
  measure(path: string | undefined, isFlat: boolean, signal: AbortSignal): Promise<MeasuredFolder>;
  /** Resolves with the paths that `extractArchive` would write. */
  listArchive(archive: string, folder: string): Promise<string[]>;
  extractArchive(archive: string, folder: string, live: Live): Promise<Extracted>;
  /** Resolves with the paths of all files, the repositories' folders included. */
  paths(): Promise<string[]>;
  /** Resolves with those of the paths where something other than a folder is. */
  occupied(paths: readonly string[]): Promise<string[]>;
  /** Resolves with the texts of all files in a small folder, by their relative paths. */
  readFolder(
    path: string,
    limits: { maxFiles: number; maxBytes: number },
    signal: AbortSignal,
  ): Promise<Record<string, string>>;
}

export interface CommandRun {
  /** As bash parses it. */
  command: string;
  timeoutMs: number;
  maxOutputBytes: number;
  network?: NetworkAccess | undefined;
  /** As for a run in the sandbox. */
  sharedNetwork?: string | undefined;
  limits?: Partial<SandboxLimits> | undefined;
  /** A folder of packages of the server that the command sees as `node_modules`, unless the folder has its own. */
  packages?: string | null | undefined;
}

export interface BackgroundRun extends Omit<CommandRun, "timeoutMs" | "maxOutputBytes"> {
  /** The command is ended after this time. */
  lifetimeMs: number;
  /** The command has a terminal. */
  isTerminal?: boolean | undefined;
}

export interface WorkplaceCommands {
  status(): Promise<SandboxStatus>;
  /** Runs a command in the folder, by its rules. */
  run(run: CommandRun, live: CommandLive): Promise<SandboxResult>;
  /** Runs a command that outlives the call. */
  start(run: BackgroundRun, signal: AbortSignal): Promise<{ id: string }>;
  output(id: string, poll: Omit<TerminalPoll, "signal">, signal: AbortSignal): Promise<TerminalOutput>;
  input(id: string, text: string, close?: boolean): Promise<void>;
  stop(id: string): Promise<TerminalOutput>;
}

/** Repositories that appeared in a person's folder, and what the next git command of the person would run there. */
export interface PlantedRepositories {
  repositories: string[];
  /** Parts of a sentence. */
  runs: string[];
}

export interface WorkplaceGit {
  /** Works with the agent's repository in the sandbox. Resolves with JSON. */
  perform(request: GitRequest, live: Live): Promise<unknown>;
  /** Whether the folder itself is a repository. */
  isRepository(): Promise<boolean>;
  /** Opens the repository in a folder for `history` and `measure`. */
  open(path: string, signal: AbortSignal): Promise<OpenedRepository>;
  /** Copies the files of a remote repository into a missing or empty folder, and opens it. */
  copy(path: string, remote: Omit<RemoteOptions, keyof Live>, signal: AbortSignal): Promise<OpenedRepository>;
  /** Resolves with `git: false` for a folder whose repository was not opened. */
  history(path: string, mostFiles: number, signal: AbortSignal): Promise<FolderHistory>;
  /** Resolves with the branch that is checked out; null when a plain look does not tell. */
  currentBranch(path: string): Promise<string | null>;
  /** Resolves with what a push of the agent's repository would put where. */
  pushTarget(push: NamedPush, run: Pick<RoomRun, "timeoutMs">, signal: AbortSignal): Promise<PushTarget>;
  /** Resolves with what that would change at the remote, which it fetches. */
  comparePush(
    target: PushTarget,
    remote: Omit<RemoteOptions, keyof Live>,
    signal: AbortSignal,
  ): Promise<PushComparison>;
  /** Remembers the repositories of a person's folder before something may add to them; elsewhere nothing. */
  rememberRepositories(signal: AbortSignal): Promise<void>;
  /** Resolves with what appeared since they were remembered, each once; null when they were not, or nothing would run. */
  plantedRepositories(signal: AbortSignal): Promise<PlantedRepositories | null>;
}

/** What the host keeps of the folder. `commit` names a snapshot of the tree. */
export interface WorkplaceSnapshots {
  take(request: { label: string; previous: string | null }, signal?: AbortSignal): Promise<Snapshot>;
  /** Takes one of a fresh clone of the commit that is checked out, without what is ignored or not committed. */
  takeCommit(request: { label: string; previous: string | null }, run: RoomRun, live: CommandLive): Promise<Snapshot>;
  /** Writes a snapshot as the folder, which must not exist: it appears complete, or not at all. */
  checkOut(commit: string): Promise<void>;
  /**
   * Writes the difference between two snapshots into the folder, and overwrites what is there. In a person's folder it
   * leaves what git obeys in the repositories there, and returns the paths of that.
   */
  apply(from: string, to: string): Promise<string[]>;
  /** Writes these paths of a snapshot into `below` in the folder. */
  copy(request: { commit: string; paths: readonly string[]; below: string }): Promise<void>;
}

/** What a coding agent leaves for its next call: which session it was in, as text that only its caller reads. */
export interface WorkplaceAgents {
  /** Resolves with the first of these programs on the search path that is not in the folder; null: there is none. */
  find(names: readonly string[], searchPath: string): Promise<Executable | null>;
  /** `place`: which of the agent's homes, from 1. Resolves with what `keep` was given last, or null. */
  last(agent: string, place: number): Promise<string | null>;
  keep(agent: string, place: number, text: string): Promise<void>;
  /** Starts a program in the folder with the agent's home of this place. */
  start(agent: string, place: number, start: AgentStart): Promise<SandboxProcess>;
}

interface AgentStart {
  command: string;
  readOnly: Executable["readOnly"];
  env: Readonly<Record<string, string>>;
  /** A socket of the server that the program reaches at this port of its own 127.0.0.1. */
  forward: { socket: string; port: number };
  limits: Partial<SandboxLimits>;
  /** Ends the wait for its start. A program that runs is ended by its `kill`. */
  signal: AbortSignal;
  onActivity(): void;
}

/** Tool servers that work in the folder. */
export interface WorkplaceServers {
  /**
   * Starts a server in the folder, by its rules. `readOnly` and `folders` are of the machine of Banyan's own server; where the
   * folder is on a runner, the first are brought there, and the second refused.
   */
  start(start: Omit<SandboxStart, "workspace" | "hiddenPaths" | "guardsGit" | "home">): Promise<SandboxProcess>;
  /**
   * Makes a call to a server while the folder stays where it is. `place`: a number that grows each time the folder moves, so
   * that a server of an earlier place is not asked; null for a folder that does not move.
   */
  call<Result>(ask: (place: number | null) => Promise<Result>): Promise<Result>;
}

export interface RoomRun {
  timeoutMs: number;
  maxOutputBytes: number;
}

export interface RoomCommand extends RoomRun {
  command: string;
  /** Where the command finds itself; absent: where the commands of agents do. */
  place?: Omit<SandboxPlace, "homeFolder"> | undefined;
  network?: NetworkAccess | undefined;
  /**
   * The home: that of the agents' commands, or one of the room's own on disk. Absent: the room itself, or with a `place` in
   * memory.
   */
  home?: "agents" | "own" | undefined;
}

/** One room is used by one check at a time. */
export interface Room {
  /** Makes it anew, of snapshots. */
  make(options: Omit<RoomOptions, "cacheDir" | "signal">, signal: AbortSignal): Promise<void>;
  /** Makes it anew, as a copy of the folder as it is now. */
  copyFolder(signal: AbortSignal): Promise<void>;
  /** Makes it anew, of these files. */
  fill(files: Readonly<Record<string, string>>): Promise<void>;
  /** Returns a copy of this room. */
  copy(name: string, signal: AbortSignal): Promise<Room>;
  /** Makes a fresh home for commands with `home: "own"`. */
  makeHome(): Promise<void>;
  run(command: RoomCommand, live: CommandLive): Promise<SandboxResult>;
  /** Whether its repository came without an index, so that `git reset` has to make it. */
  lacksIndex(): Promise<boolean>;
  tests: TestsInFolder;
  /** Resolves with the files of these paths as they are now. */
  remember(paths: readonly string[]): Promise<RememberedFile[]>;
  /** Resolves with the paths whose contents have changed since then. */
  changedSince(before: readonly RememberedFile[]): Promise<string[]>;
  remove(): Promise<void>;
}
