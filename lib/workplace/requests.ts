/** What a server asks of a runner: one operation of a workplace, or an exchange of snapshots. */
import { z } from "zod";

/** The operations of each part of a workplace that travel. The others stay with the caller. */
export const OPERATIONS = {
  files: [
    "isThere",
    "isEmpty",
    "readText",
    "readTextIfThere",
    "readTextOrMedia",
    "write",
    "edit",
    "remove",
    "list",
    "find",
    "search",
    "measure",
    "listArchive",
    "extractArchive",
    "paths",
    "occupied",
    "readFolder",
  ],
  commands: ["status", "run", "start", "output", "input", "stop"],
  git: [
    "perform",
    "isRepository",
    "open",
    "copy",
    "history",
    "currentBranch",
    "pushTarget",
    "comparePush",
    "rememberRepositories",
    "plantedRepositories",
  ],
  snapshots: ["take", "takeCommit", "checkOut", "apply", "copy"],
  codingAgents: ["find", "start"],
  servers: ["start"],
  room: ["make", "copyFolder", "fill", "copy", "makeHome", "run", "lacksIndex", "remember", "changedSince", "remove"],
  tests: ["breakAll", "mark", "changeOutputs", "looksAtText"],
  /** Beside the workplace: its folder, its snapshots in the runner's store, and its programs. */
  place: ["makeFolder", "missing", "send", "receive", "working", "endPrograms", "removeTree"],
} as const;

export type Part = keyof typeof OPERATIONS;

/** The operations of `place`. */
export interface PlaceOperations {
  makeFolder(): Promise<void>;
  /** Resolves with those of the commits that the runner does not have. */
  missing(commits: readonly string[]): Promise<string[]>;
  /** `differences`: the server reads them. An older runner does not hear it, and sends whole files. */
  send(snapshot: { label: string; commit: string; differences: true }, without: string | null): Promise<Pack>;
  receive(snapshot: { label: string; commit: string }, without: string | null, pack: Pack): Promise<void>;
  /** Resolves with how many of the tree's calls run here, whoever asked for them: a move would take their folder away. */
  working(): Promise<number>;
  /** Null: those of the whole tree. */
  endPrograms(task: string | null): Promise<void>;
  removeTree(): Promise<void>;
}

/** A name of a tree, a task or a room, which becomes a part of a path. */
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,100}$/);

/** Which folder. Where it is, the runner knows. */
const folderShape = z.object({
  tree: name,
  task: name,
  owner: name.nullable(),
  /** Relative to the folder. */
  hidden: z.array(z.string().min(1)),
  isReadOnly: z.boolean(),
  guardsGit: z.boolean(),
  /** The process of the server that asks. */
  by: name.optional(),
});

export type RequestedFolder = z.output<typeof folderShape>;

export const requestShape = z.object({
  folder: folderShape,
  part: z.enum(Object.keys(OPERATIONS) as [Part, ...Part[]]),
  operation: z.string(),
  /** For `room` and `tests`. */
  room: name.optional(),
  /** With holes; see wire.ts. */
  args: z.array(z.unknown()),
});

export type PlaceRequest = z.output<typeof requestShape>;

/** Operations that take one of the slots of a runner while they run: they run commands. */
export function takesSlot({ part, operation }: Pick<PlaceRequest, "part" | "operation">): boolean {
  return SLOTTED.has(`${part}.${operation}`);
}

const SLOTTED: ReadonlySet<string> = new Set([
  "commands.run",
  "codingAgents.start",
  "room.run",
  "snapshots.takeCommit",
]);

/** Names a pack between server and runner; lib/nats stores its bytes. A longer name would not fit into a question to NATS. */
export const packShape = z.object({
  name: z.string().regex(/^[\w-]{1,250}$/),
  bytes: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

export type Pack = z.output<typeof packShape>;
