import type { Finding, GateOutcome } from "@/core/shapes/improving/gates";
import type { FoundCommand } from "./found-commands";
import type { FoundTests } from "./found-tests";
import type { Profile, Retired, Settings } from "./settings";
import type { Blobs, FileTree } from "./tree";

/** What a gate decided. */
export interface Verdict {
  outcome: GateOutcome;
  summary: string;
  findings: Finding[];
  counts: Record<string, number>;
  /** Set when the whole gates find out more: the first part runs only the nearest tests. */
  later?: true;
}

/** The change that is judged: two states of a repository. */
export interface Change {
  base: FileTree;
  head: FileTree;
  blobs: Blobs;
  /** Sorted by path. */
  paths: readonly ChangedPath[];
}

export interface ChangedPath {
  path: string;
  change: "added" | "modified" | "deleted";
}

/** One command in the sandbox, on a copy of a tree that is removed afterwards. */
export interface CommandRun {
  /** Names the run in the evidence: `head`, `base`, `mutant-3`. */
  name: string;
  tree: FileTree;
  command: string;
  timeoutMs: number;
  env?: Record<string, string>;
  /** Reads these files after the command; a missing file is null. */
  reads?: readonly string[];
  /** A second tree, which the command sees in the folder that BANYAN_UNDER_TEST names. */
  underTest?: FileTree;
  /** Absent: strict. */
  sandbox?: Profile;
  /** Hosts that the command may reach; absent: none. */
  hosts?: readonly string[];
  /** A second tree, which the command sees read-only in the folder that BANYAN_BASE names. */
  base?: FileTree;
  /** Called with each piece of output. */
  onOutput?(text: string): void;
}

export interface CommandResult {
  exitStatus: number | null;
  /** Set when the command was ended. */
  endedBy: "timeout" | "limit" | null;
  /** Explains `limit` in a sentence. */
  problem: string | null;
  stdout: string;
  /** Standard output and standard error in the order of their arrival, cut to its end. */
  log: string;
  files: Record<string, string | null>;
  startedAt: string;
  seconds: number;
}

export function endedWell({ exitStatus, endedBy }: CommandResult): boolean {
  return exitStatus === 0 && endedBy === null;
}

/** Runs commands of the repository. The run becomes part of the evidence of the gate that asked for it. */
export interface Runner {
  /** Why no command can run, as a sentence; null when they can. */
  problem(): Promise<string | null>;
  run(run: CommandRun): Promise<CommandResult>;
}

type Part = "first" | "whole";

export interface GateContext {
  change: Change;
  settings: Settings;
  /** Whether the base has no settings, so that those of the change are used. */
  areSettingsOwn: boolean;
  /** How a repository without settings runs its tests; `none`: no file shows it. Absent: it has settings. */
  foundTests?: FoundTests | "none";
  /** How a repository without settings builds, checks and measures itself. */
  foundCommands?: readonly FoundCommand[];
  /** Tests that this change retires. */
  retires: readonly Retired[];
  runner: Runner;
  /** The folder whose installed packages are used. */
  root: string;
  /** The part that is judged: the gates most likely to find a fault, or all. */
  part: Part;
  /** Seeds the choice of mutants. */
  seed: string;
  /** Reports progress to a person. */
  say(line: string): void;
}

export interface Gate {
  /** One of GATE_NAMES, or a name of the settings. */
  name: string;
  /** Whether it runs commands of the repository. */
  needsSandbox: boolean;
  /** For a gate that may only read files: whether it needs the sandbox with these settings. */
  runsCommands?(context: GateContext): boolean;
  /** Whether the first part omits it, because it takes long and seldom finds what the others miss. */
  isLater?: true;
  /** Returns why the gate is off, as a sentence, or null. */
  off(context: GateContext): string | null;
  judge(context: GateContext): Promise<Verdict>;
}

type Place = Partial<Pick<Finding, "path" | "line" | "test">>;

export const fault = (text: string, place: Place = {}): Finding => finding("fault", text, place);
export const flag = (text: string, place: Place = {}): Finding => finding("flag", text, place);
export const note = (text: string, place: Place = {}): Finding => finding("note", text, place);

function finding(kind: Finding["kind"], text: string, { path = null, line = null, test = null }: Place): Finding {
  return { kind, text, path, line, test };
}

/** Returns the verdict of a gate that measured: it passes unless there is a fault. */
export function measured(summary: string, findings: Finding[], counts: Record<string, number> = {}): Verdict {
  const isFailed = findings.some(({ kind }) => kind === "fault");
  return { outcome: isFailed ? "failed" : "passed", summary, findings, counts };
}

export function notMeasured(summary: string, findings: Finding[] = [], counts: Record<string, number> = {}): Verdict {
  return { outcome: "not_measured", summary, findings, counts };
}
