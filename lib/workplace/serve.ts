/** Performs what a server asks, in workplaces of this machine. */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { z } from "zod";
import { giveToTools } from "../process/tools-identity";
import type { SnapshotStore } from "../snapshots/port";
import { removeTree } from "../workspace/remove-tree";
import type { Room, Workplace, WorkplaceFolder, Workplaces } from "./port";
import type { ProgramFolders } from "./programs/folders";
import type { RunnerSide } from "./programs/lane";
import { serveProgram } from "./programs/served";
import { OPERATIONS, type Pack, type PlaceRequest, packShape, type RequestedFolder } from "./requests";
import { type Filling, filled } from "./wire";

export interface PlaceHost {
  /** Absolute: the runner's folder for trees, homes and snapshots. */
  dataDir: string;
  workplaces: Workplaces;
  store: Pick<SnapshotStore, "missing" | "packPart" | "unpack" | "drop">;
  programs: ProgramFolders;
  packs: {
    put(name: string, bytes: AsyncIterable<Uint8Array>): Promise<Pack>;
    get(pack: Pack): AsyncIterable<Uint8Array>;
  };
  /** Where programs of coding agents are looked for, in the form of PATH. */
  searchPath: string;
  /** Returns how many of a tree's calls run, without its tool servers and questions about this. */
  working(tree: string): number;
  /** Ends the programs of a task, or of the whole tree, and calls that still run for it. */
  endPrograms(tree: string, task: string | null): Promise<void>;
}

/** The most bytes of snapshots that a server sends at once. */
const MOST_PACK_BYTES = 8 * 1024 ** 3;

/** Throws what the operation throws, and a plain error for a request that no server makes. */
export async function performAsked(host: PlaceHost, request: PlaceRequest, filling: Filling): Promise<unknown> {
  const { part, operation, room } = request;
  if (!(OPERATIONS[part] as readonly string[]).includes(operation))
    throw new Error(`There is no operation ${part}.${operation} on this runner.`);
  const args = filled(request.args, filling) as unknown[];
  const folder = folderOn(host, request.folder);
  if (part === "place") return placeOf(host, folder)[operation as keyof ReturnType<typeof placeOf>](args);
  const workplace = host.workplaces.of(folder);
  if (part === "codingAgents")
    return operation === "find" ? found(workplace, args, host.searchPath) : started(workplace, args);
  if (part === "servers") return startedServer(host, workplace, args);
  if (part !== "room" && part !== "tests") return called(workplace[part], operation, args);
  if (room === undefined) throw new Error("The request names no room.");
  const own: Room = workplace.room(room);
  const result = await called(part === "room" ? own : own.tests, operation, args);
  // The caller knows the copy by its name.
  return operation === "copy" ? null : result;
}

const findShape = z.tuple([z.array(z.string())]).rest(z.unknown());

/** The server's search path says nothing here. */
function found({ codingAgents }: Workplace, args: readonly unknown[], searchPath: string): Promise<unknown> {
  return codingAgents.find(findShape.parse(args)[0], searchPath);
}

const aFunction = z.custom<(...given: unknown[]) => void>((value) => typeof value === "function");
const startShape = z.tuple([
  z.string().regex(/^[\w.-]{1,100}$/),
  z.int().min(1).max(100),
  z.object({
    command: z.string(),
    readOnly: z.array(z.object({ source: z.string(), at: z.string() })),
    env: z.record(z.string(), z.string()),
    port: z.int().min(1).max(65_535),
    limits: z.record(z.string(), z.number()),
  }),
  /** Sends a piece of the lane to the server. */
  aFunction,
  /** Hears what the server sends. */
  aFunction,
  z.instanceof(AbortSignal),
]);

function started({ codingAgents }: Workplace, args: readonly unknown[]): Promise<unknown> {
  const [agent, place, { port, ...start }, send, onInput, signal] = startShape.parse(args);
  return serveProgram(
    ({ socket, onActivity }) =>
      codingAgents.start(agent, place, { ...start, forward: { socket, port }, signal, onActivity }),
    sideOf(send, onInput),
    signal,
  );
}

const serverShape = z.tuple([
  z.object({
    command: z.string(),
    env: z.record(z.string(), z.string()),
    network: z
      .object({ hosts: z.array(z.string()), privateHosts: z.array(z.string()).optional() })
      .optional()
      .transform(
        (given) => given && { hosts: given.hosts, ...(given.privateHosts && { privateHosts: given.privateHosts }) },
      ),
    limits: z.record(z.string(), z.number()),
    readOnlyWorkspace: z.boolean().optional(),
    mounts: z.array(z.object({ commit: z.string().regex(/^[0-9a-f]{40}$/), at: z.string() })).max(20),
  }),
  aFunction,
  aFunction,
  z.instanceof(AbortSignal),
]);

/** A server's program is a snapshot, which all trees of the runner share: its name says what it holds. */
async function startedServer(host: PlaceHost, { servers }: Workplace, args: readonly unknown[]): Promise<unknown> {
  const [{ mounts, network, readOnlyWorkspace, ...start }, send, onInput, signal] = serverShape.parse(args);
  const readOnly: { source: string; at: string }[] = [];
  const ends: (() => void)[] = [];
  try {
    for (const { commit, at } of mounts) {
      const { folder, end } = await host.programs.use(commit);
      ends.push(end);
      readOnly.push({ source: folder, at });
    }
    return await serveProgram(
      ({ onActivity }) =>
        servers.start({
          ...start,
          readOnly,
          ...(network && { network }),
          ...(readOnlyWorkspace && { readOnlyWorkspace }),
          onActivity,
        }),
      sideOf(send, onInput),
      signal,
    );
  } finally {
    for (const end of ends) end();
  }
}

function sideOf(send: (...given: unknown[]) => void, onInput: (...given: unknown[]) => void): RunnerSide {
  return { send: (number, data) => send(String(number), Buffer.from(data).toString("base64")), onInput };
}

function called(owner: object, operation: string, args: readonly unknown[]): unknown {
  return (owner as Record<string, (...given: readonly unknown[]) => unknown>)[operation]?.(...args);
}

/** Returns where a folder is on this runner. */
function folderOn({ dataDir }: PlaceHost, given: RequestedFolder): WorkplaceFolder {
  const { tree, task, owner, hidden, isReadOnly, guardsGit } = given;
  const folders = join(dataDir, "workspaces");
  const root = owner === null ? join(folders, tree) : join(folders, `${tree}.own`, owner);
  const cacheDir = join(dataDir, "cache", tree, ...(owner === null ? [] : [`own-${owner}`]));
  const hiddenPaths = hidden.map((path) => join(root, path));
  return { tree, task, owner, root, cacheDir, hiddenPaths, isReadOnly, guardsGit };
}

const snapshotShape = z.object({ label: z.string(), commit: z.string() });
/** An older server does not say whether it reads differences. */
const sentShape = snapshotShape.extend({ differences: z.boolean().default(false) });
/** The commit of a snapshot that the other side has. */
const groundShape = z.string().nullable();
const sendShape = z.tuple([sentShape, groundShape]);
const receiveShape = z.tuple([snapshotShape, groundShape, packShape]);

function placeOf({ dataDir, store, packs, working, endPrograms }: PlaceHost, { tree, root }: WorkplaceFolder) {
  return {
    async makeFolder(): Promise<void> {
      if (existsSync(root)) return;
      mkdirSync(root, { recursive: true, mode: 0o700 });
      giveToTools(root);
    },
    missing: (args: unknown[]) => store.missing(z.tuple([z.array(z.string())]).parse(args)[0]),
    async send(args: unknown[]): Promise<Pack> {
      const [{ differences, ...snapshot }, without] = sendShape.parse(args);
      const pack = await store.packPart({ snapshot, without, differences });
      try {
        return await packs.put(`out-${snapshot.commit}-${Date.now()}`, pack.read());
      } finally {
        pack.close();
      }
    },
    async receive(args: unknown[]): Promise<void> {
      const [snapshot, without, pack] = receiveShape.parse(args);
      const stream = Readable.from(packs.get(pack));
      await store.unpack({ tree, snapshots: [snapshot], pack: stream, mostBytes: MOST_PACK_BYTES, without });
    },
    working: async () => working(tree),
    endPrograms: (args: unknown[]) => endPrograms(tree, z.tuple([z.string().nullable()]).parse(args)[0]),
    async removeTree(): Promise<void> {
      await endPrograms(tree, null);
      await store.drop(tree);
      for (const kind of ["workspaces", "cache"]) await removeTree(join(dataDir, kind, tree));
      await removeTree(join(dataDir, "workspaces", `${tree}.own`));
    },
  };
}
