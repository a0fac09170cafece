/** A workplace whose folder is on a runner. Each operation is asked of the runner; snapshots come into the server's store. */
import { relative } from "node:path";
import { Readable } from "node:stream";
import type { Snapshot, SnapshotStore } from "../snapshots/port";
import { WorkspaceError } from "../workspace/path";
import type { Room, Workplace, WorkplaceFolder, WorkplaceSnapshots } from "./port";
import { OPERATIONS, type Pack, type Part, type PlaceRequest } from "./requests";

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
  store: Pick<SnapshotStore, "packPart" | "unpack" | "missing">;
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
    codingAgents: NO_AGENTS,
    room,
  };
}

const NO_AGENTS: Workplace["codingAgents"] = {
  find: notHere,
  last: async () => null,
  keep: notHere,
  start: notHere,
};

function notHere(): Promise<never> {
  return Promise.reject(
    new WorkspaceError("Coding agents do not work on runners yet: do the work with your other tools."),
  );
}

/** Returns a part of a workplace whose methods ask the runner. */
function asking(folder: WorkplaceFolder, caller: PlaceCaller) {
  const { tree, task, owner, root, hiddenPaths, isReadOnly = false, guardsGit = false } = folder;
  const hidden = hiddenPaths.map((path) => relative(root, path)).filter((path) => !path.startsWith(".."));
  const requested = { tree, task, owner, hidden, isReadOnly, guardsGit };
  return <Methods extends object>(part: Part, room?: string): Methods => {
    const ask = (operation: string, args: readonly unknown[]) =>
      caller.ask({ folder: requested, part, operation, args: [...args], ...(room !== undefined && { room }) });
    const methods = OPERATIONS[part].map((operation) => {
      return [operation, (...args: unknown[]) => ask(operation, args)] as const;
    });
    return Object.fromEntries(methods) as Methods;
  };
}

interface PlaceMethods {
  makeFolder(): Promise<void>;
  missing(commits: readonly string[]): Promise<string[]>;
  send(snapshot: { label: string; commit: string }, without: string | null): Promise<Pack>;
  receive(snapshot: { label: string; commit: string }, without: string | null, pack: Pack): Promise<void>;
}

interface RemoteSnapshots extends WorkplaceSnapshots {
  /** Brings a snapshot to the runner, unless it is there. `ground`: one that it probably has. */
  give(commit: string, ground?: string | null): Promise<void>;
}

function remoteSnapshots(folder: WorkplaceFolder, { caller, store }: RemoteSources): RemoteSnapshots {
  const asked = asking(folder, caller);
  const place = asked<PlaceMethods>("place");
  const own = asked<WorkplaceSnapshots>("snapshots");
  const { tree } = folder;

  async function give(commit: string, ground: string | null = null): Promise<void> {
    const wanted = ground === null ? [commit] : [commit, ground];
    const missing = await place.missing(wanted);
    if (ground !== null && missing.includes(ground)) await send(ground, null);
    if (missing.includes(commit) && commit !== ground) await send(commit, ground);
  }

  async function send(commit: string, without: string | null): Promise<void> {
    const snapshot = { label: `given-${commit}`, commit };
    const pack = await store.packPart(snapshot, without);
    try {
      const stored = await caller.packs.put(`in-${tree}-${commit}-${Date.now()}`, pack.read());
      await place.receive(snapshot, without, stored);
      await caller.packs.remove(stored.name);
    } finally {
      pack.close();
    }
  }

  /** Brings a snapshot that the runner took into the server's store. */
  async function bring(label: string, { commit }: Snapshot, previous: string | null): Promise<void> {
    if ((await store.missing([commit])).length === 0) return;
    const isGround = previous !== null && (await place.missing([previous])).length === 0;
    const without = isGround ? previous : null;
    const pack = await place.send({ label, commit }, without);
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
      await own.apply(from, to);
    },
    async copy(request) {
      await give(request.commit);
      await own.copy(request);
    },
  };
}
