/** A workplace whose folder is on a runner. Each operation is asked of the runner; snapshots come into the server's store. */
import { createHash, randomUUID } from "node:crypto";
import { realpathSync } from "node:fs";
import { relative } from "node:path";
import { Readable } from "node:stream";
import { type Snapshot, SnapshotError, type SnapshotStore } from "../snapshots/port";
import { WorkspaceError } from "../workspace/path";
import { lastSessions } from "./agent-folder";
import type { Room, Workplace, WorkplaceAgents, WorkplaceFolder, WorkplaceServers, WorkplaceSnapshots } from "./port";
import { remoteProgram } from "./programs/remote";
import { OPERATIONS, type Pack, type Part, type PlaceOperations, type PlaceRequest } from "./requests";

/** How operations reach the runner that has the tree's folders. */
export interface PlaceCaller {
  /** Resolves with what the operation returns, and throws what it throws. */
  ask(request: PlaceRequest): Promise<unknown>;
  packs: {
    put(name: string, bytes: AsyncIterable<Uint8Array>): Promise<Pack>;
    get(pack: Pack): AsyncIterable<Uint8Array>;
    remove(name: string): Promise<void>;
  };
}

export interface RemoteSources {
  caller: PlaceCaller;
  store: Pick<SnapshotStore, "packPart" | "unpack" | "missing" | "take">;
}

/** The most bytes of snapshots that one turn may send. */
const MOST_PACK_BYTES = 8 * 1024 ** 3;

export function remoteWorkplace(folder: WorkplaceFolder, sources: RemoteSources): Workplace {
  const asked = asking(folder, sources.caller);
  const snapshots = remoteSnapshots(folder, sources);
  const room = (name: string): Room => ({
    ...asked<Room>("room", name),
    async make(options, signal) {
      await snapshots.give(options.now, options.start);
      await asked<Room>("room", name).make(options, signal);
    },
    async copy(copied, signal) {
      await asked<Room>("room", name).copy(copied, signal);
      return room(copied);
    },
    tests: asked<Room["tests"]>("tests", name),
  });
  return {
    folder,
    files: asked<Workplace["files"]>("files"),
    commands: asked<Workplace["commands"]>("commands"),
    git: asked<Workplace["git"]>("git"),
    snapshots,
    codingAgents: remoteAgents(folder, asked<AskedAgents>("codingAgents")),
    servers: remoteServers(sources.store, { asked: asked<AskedServers>("servers"), give: snapshots.give }),
    room,
  };
}

interface AskedAgents extends Pick<WorkplaceAgents, "find"> {
  start(...given: unknown[]): Promise<unknown>;
}

/** Its homes are on the runner. Which session was the last one the server keeps, because it tells it when a tree moved. */
function remoteAgents(folder: WorkplaceFolder, asked: AskedAgents): WorkplaceAgents {
  return {
    ...lastSessions(folder),
    find: asked.find,
    start: (agent, place, { forward: { socket, port }, onActivity, signal, ...start }) =>
      remoteProgram(
        (lane, receive, ends) => asked.start(agent, place, { ...start, port, onActivity }, receive, lane, ends),
        { socket, onActivity, signal },
      ),
  };
}

interface AskedServers {
  start(...given: unknown[]): Promise<unknown>;
}

const START_MS = 60_000;
/** The name under which the store has them, which no tree has: an archive of a tree holds none of them. */
const PROGRAMS = "programs";
/** The newest snapshot of each program's folder: one that has not changed has no other. */
const TAKEN = new Map<string, string>();

/** What a server's program needs of this machine travels as snapshots, which the runner keeps for all its trees. */
function remoteServers(
  store: RemoteSources["store"],
  { asked, give }: { asked: AskedServers; give: RemoteSnapshots["give"] },
): WorkplaceServers {
  const brought = async ({ source, at }: { source: string; at: string }) => {
    const label = `program-${createHash("sha256").update(source).digest("hex").slice(0, 16)}`;
    const folder = realpathSync(source);
    const previous = TAKEN.get(source) ?? null;
    const { commit } = await store.take({ tree: PROGRAMS, folder, label, previous, hiddenPaths: [] });
    TAKEN.set(source, commit);
    await give(commit);
    return { commit, at };
  };
  return {
    call: (ask) => ask(null),
    async start({ command, env, network, limits, readOnlyWorkspace, readOnly = [], folders = [], onActivity }) {
      const [folder] = folders;
      if (folder !== undefined)
        throw new WorkspaceError(
          `it uses the folder ${folder} of the server's machine, and this tree works on a runner; do the work with your other tools`,
        );
      const mounts = [];
      for (const mount of readOnly) mounts.push(await brought(mount));
      const start = { command, env: env ?? {}, network, limits: limits ?? {}, readOnlyWorkspace, mounts };
      return remoteProgram((lane, receive, ends) => asked.start(start, receive, lane, ends), {
        signal: AbortSignal.timeout(START_MS),
        onActivity: () => onActivity?.(),
      });
    },
  };
}

/** Programs of an earlier process of the server end before a task goes on. */
const THIS_PROCESS = randomUUID();

/** Returns a part of a workplace whose methods ask the runner. */
function asking(folder: WorkplaceFolder, caller: PlaceCaller) {
  const { tree, task, owner, root, hiddenPaths, isReadOnly = false, guardsGit = false } = folder;
  const hidden = hiddenPaths.map((path) => relative(root, path)).filter((path) => !path.startsWith(".."));
  const requested = { tree, task, owner, hidden, isReadOnly, guardsGit, by: THIS_PROCESS };
  return <Methods extends object>(part: Part, room?: string): Methods => {
    const ask = (operation: string, args: readonly unknown[]) =>
      caller.ask({ folder: requested, part, operation, args: [...args], ...(room !== undefined && { room }) });
    const methods = OPERATIONS[part].map((operation) => {
      return [operation, (...args: unknown[]) => ask(operation, args)] as const;
    });
    return Object.fromEntries(methods) as Methods;
  };
}

interface RemoteSnapshots extends WorkplaceSnapshots {
  /** Brings a snapshot to the runner, unless it is there. `ground`: one that it probably has. */
  give(commit: string, ground?: string | null): Promise<void>;
}

function remoteSnapshots(folder: WorkplaceFolder, { caller, store }: RemoteSources): RemoteSnapshots {
  const asked = asking(folder, caller);
  const place = asked<PlaceOperations>("place");
  const own = asked<WorkplaceSnapshots>("snapshots");
  const { tree } = folder;

  async function give(commit: string, ground: string | null = null): Promise<void> {
    const wanted = ground === null ? [commit] : [commit, ground];
    const missing = await place.missing(wanted);
    if (ground !== null && missing.includes(ground)) await send(ground, null);
    if (missing.includes(commit) && commit !== ground) await send(commit, ground);
  }

  /** An older runner refuses differences, and gets whole files. */
  async function send(commit: string, without: string | null): Promise<void> {
    const whole = () => sendPart(commit, without, false);
    if (without === null) return whole();
    const refused = await sendPart(commit, without, true).catch(snapshotErrorOf);
    if (refused) await whole();
  }

  async function sendPart(commit: string, without: string | null, differences: boolean): Promise<void> {
    const snapshot = { label: `given-${commit}`, commit };
    const pack = await store.packPart({ snapshot, without, differences });
    try {
      const stored = await caller.packs.put(`in-${tree}-${commit}-${Date.now()}`, pack.read());
      const refused = await place.receive(snapshot, without, stored).catch(snapshotErrorOf);
      await caller.packs.remove(stored.name);
      if (refused) throw refused;
    } finally {
      pack.close();
    }
  }

  /**
   * Brings a snapshot that the runner took into the server's store. Also one that is there: it may be another tree's, and
   * only who has its contents may have it.
   */
  async function bring(label: string, { commit }: Snapshot, previous: string | null): Promise<void> {
    if (commit === previous && (await store.missing([commit])).length === 0) return;
    const isGround = previous !== null && (await place.missing([previous])).length === 0;
    const without = isGround ? previous : null;
    const pack = await place.send({ label, commit, differences: true }, without);
    const stream = Readable.from(caller.packs.get(pack));
    await store.unpack({ tree, snapshots: [{ label, commit }], pack: stream, mostBytes: MOST_PACK_BYTES, without });
    await caller.packs.remove(pack.name);
  }

  return {
    give,
    async take(request, signal) {
      const taken = await own.take(request, signal);
      await bring(request.label, taken, request.previous);
      return taken;
    },
    async takeCommit(request, run, live) {
      const taken = await own.takeCommit(request, run, live);
      await bring(request.label, taken, request.previous);
      return taken;
    },
    async checkOut(commit) {
      await give(commit);
      await own.checkOut(commit);
    },
    async apply(from, to) {
      await give(to, from);
      return own.apply(from, to);
    },
    async copy(request) {
      await give(request.commit);
      await own.copy(request);
    },
  };
}

/** Returns the refusal of a snapshot; throws what tells nothing about whether it came. */
function snapshotErrorOf(error: unknown): SnapshotError {
  if (error instanceof SnapshotError) return error;
  throw error;
}
