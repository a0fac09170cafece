/** A runner: takes the calls of its cell, and does them in workplaces of this machine. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { NatsError } from "../nats/errors";
import type { ReceivedCall, RunnerLink } from "../nats/port";
import type { SandboxPort } from "../sandbox/port";
import type { SnapshotStore } from "../snapshots/port";
import type { Terminals } from "../terminals/port";
import { deadline } from "../time/deadline";
import { localWorkplaces } from "../workplace/local/local";
import { programFolders } from "../workplace/programs/folders";
import { type Pack, type PlaceRequest, requestShape, takesSlot } from "../workplace/requests";
import { type PlaceHost, performAsked } from "../workplace/serve";
import { endOf } from "../workplace/wire";
import { removeTree } from "../workspace/remove-tree";
import {
  areNeighbours,
  askedShape,
  bytesOf,
  LEVEL,
  MOST_INLINE_CHARS,
  MOST_JSON_BYTES,
  type REFUSALS,
  readWhole,
} from "./protocol";
import { watchSpace } from "./space";

/**
 * A runner of which NATS has stored nothing for this time ends its programs. Its last record is gone after 20 s, and nobody
 * acts for its trees before.
 */
const CUT_OFF_MS = 15_000;
const LOOK_EVERY_MS = 500;

export interface RunnerOptions {
  link: RunnerLink;
  pool: string;
  /** How many commands it runs at once. */
  slots: number;
  version: string;
  /** Absolute. */
  dataDir: string;
  sandbox: SandboxPort;
  terminals: Terminals;
  store: SnapshotStore;
  /** Tells a person what happens, as sentences. */
  say(sentence: string): void;
  /** Where coding agents are looked for, in the form of PATH. */
  searchPath: string;
  /** Tests use less. */
  cutOffMs?: number;
  /** Tests use that of another release. */
  level?: number;
  /** With less free on its disk, it gets no new trees. Tests use another one. */
  leastFreeBytes?: number;
}

export interface Runner {
  /** Takes no new work; resolves when what runs has ended, its outcomes are stored, and the server has taken all trees away. */
  drain(): Promise<void>;
  /** Ends what runs. */
  close(): Promise<void>;
}

interface Running {
  request: PlaceRequest;
  place: number;
  ends: AbortController;
  done: Promise<unknown>;
}

/**
 * Which place of a tree this runner is, and when its folders are those of that place. A removed tree keeps its number, as a
 * fence.
 */
interface Place {
  number: number;
  isHere: boolean;
  ready: Promise<void>;
}

/** Resolves when the cell's calls arrive. */
export async function startRunner(options: RunnerOptions): Promise<Runner> {
  const { link, pool, slots, version, dataDir, sandbox, terminals, store, say, level = LEVEL } = options;
  const bootId = randomUUID();
  const places = new Map<string, Place>();
  const running = new Map<string, Running>();
  let isDraining = false;
  let isCutOff = false;
  let isClosing = false;

  const free = () => slots - [...running.values()].filter(({ request }) => takesSlot(request)).length;
  const announce = () => {
    const open = isDraining ? { slots: 0, free: 0 } : { slots, free: Math.max(0, free()) };
    const full = space.isFull() && { isDiskFull: true };
    link.announce({ pool, ...open, ...full, architecture: process.arch, version, level, bootId });
  };
  const space = watchSpace({
    dataDir,
    store,
    leastFreeBytes: options.leastFreeBytes,
    onChange(isFull) {
      say(isFull ? "The disk is nearly full: no new trees come until it has room." : "The disk has room again.");
      announce();
    },
  });
  const host: Omit<PlaceHost, "endPrograms"> = {
    dataDir,
    store,
    programs: programFolders(join(dataDir, "programs"), store.checkOut),
    packs: link.packs,
    searchPath: options.searchPath,
    workplaces: localWorkplaces({ sandbox, terminals, snapshots: store }),
    working: (tree) => working().filter(({ request }) => isOf(tree, request) && !isQuestion(request)).length,
  };

  const unwatch = watchCutOff(link, options.cutOffMs ?? CUT_OFF_MS, {
    async lost() {
      isCutOff = true;
      say("NATS has been away for too long: the programs of all trees are ended.");
      for (const { ends } of running.values()) ends.abort(new Error("The runner was cut off from NATS."));
      await terminals.endAll();
    },
    back() {
      say("NATS is back.");
      isCutOff = false;
    },
  });

  /** Returns why the call is not taken, or null. */
  function refusal(call: ReceivedCall, request: PlaceRequest): keyof typeof REFUSALS | null {
    if (!areNeighbours(call.level, level)) return "other-level";
    if (isCutOff) return "cut-off";
    const { tree } = request.folder;
    // What a tree has here can still be taken away.
    const place = places.get(tree);
    if (isDraining && (takesSlot(request) || !place?.isHere)) return "draining";
    if (place !== undefined && call.place < place.number) return "moved";
    // The tree was taken away from this place: a late operation would work where nobody looks any more.
    if (place?.number === call.place && !place.isHere && !isRemoval(request)) return "moved";
    return takesSlot(request) && free() <= 0 ? "full" : null;
  }

  async function perform(call: ReceivedCall, request: PlaceRequest, ends: AbortController): Promise<unknown> {
    const left = Math.max(1, Math.min(call.deadlineMs - Date.now(), MOST_TIMEOUT_MS));
    const limit = deadline(AbortSignal.any([call.signal, ends.signal]), left);
    const send = (at: number, given: readonly unknown[]) => call.send(Buffer.from(JSON.stringify({ at, given })));
    const filling = { signal: limit.signal, call: send, onInput: call.onInput };
    const endPrograms: PlaceHost["endPrograms"] = (tree, task) => endWork(tree, task, call.place);
    const ended = endOf(() => performAsked({ ...host, endPrograms }, request, filling), limit.signal);
    const end = await ended.finally(limit.end);
    const text = JSON.stringify(end);
    if (text.length <= MOST_INLINE_CHARS) return { end };
    return { pack: await stored(`end-${call.callId}`, text) };
  }

  /** Stores a large end. While NATS is away it waits, as the outcome itself does, but not when the runner is about to end. */
  async function stored(name: string, text: string): Promise<Pack> {
    for (let tried = 0; ; tried += 1) {
      try {
        return await link.packs.put(`${name}-${tried}`, bytesOf(text));
      } catch (error) {
        if (isClosing || !(error instanceof NatsError) || error.code !== "unreachable") throw error;
        await setTimeout(STORE_AGAIN_MS);
      }
    }
  }

  /** A tree that comes back was elsewhere meanwhile, so what is here of it is old. */
  function ready({ folder: { tree } }: PlaceRequest, number: number): Promise<void> {
    const had = places.get(tree);
    if (had?.number === number) return had.ready;
    const ready =
      had === undefined ? Promise.resolve() : had.ready.catch(() => undefined).then(() => forget(tree, number));
    // Each call of the place is told.
    ready.catch(() => undefined);
    places.set(tree, { number, isHere: true, ready });
    return ready;
  }

  /** A tree may have come back before the end of the call that took it away. */
  function leave(tree: string, number: number): void {
    const place = places.get(tree);
    if (place?.number !== number) return;
    place.isHere = false;
    // The next start begins empty.
    if (!isDraining) space.treeLeft();
  }

  /** The server takes its trees elsewhere: waits until none is here, or the server does nothing about them. */
  async function untilTaken(): Promise<void> {
    for (let quietMs = 0; quietMs < QUIET_MS && [...places.values()].some(({ isHere }) => isHere); ) {
      const isQuiet = working().length === 0;
      await Promise.all(working().map(({ done }) => done));
      await setTimeout(LOOK_MS);
      quietMs = isQuiet ? quietMs + LOOK_MS : 0;
    }
  }

  /** Ends calls of the server; resolves when they have ended. */
  async function endCalls(matches: (call: Running) => boolean, why: string): Promise<void> {
    const matching = [...running.values()].filter(matches);
    for (const { ends } of matching) ends.abort(new Error(why));
    await Promise.all(matching.map(({ done }) => done));
  }

  /**
   * Ends what works for a task, or for the whole tree, up to this place: also calls that nobody waits for any more, because
   * their server was started again. Tool servers live as long as their tree is here. What the server asks of a place itself is
   * no work, and could be what asks for this.
   */
  async function endWork(tree: string, task: string | null, place: number): Promise<void> {
    const isMeant = ({ request }: Running) =>
      isOf(tree, request) && (task === null || (request.folder.task === task && !isServer(request)));
    await endCalls(
      (call) => isMeant(call) && call.request.part !== "place" && call.place <= place,
      "The work of its task was ended.",
    );
    await (task === null ? terminals.endOf(tree) : terminals.endOfTask(task));
  }

  /** What has to end by itself before the runner is empty. */
  const working = () => [...running.values()].filter(({ request }) => !isServer(request));

  /** A task goes on in another process of the server: what the former one talked with would work beside it. */
  async function endFormer({ folder: { task, by } }: PlaceRequest): Promise<void> {
    if (by === undefined) return;
    await endCalls(
      ({ request: { folder }, request }) => isProgram(request) && folder.task === task && folder.by !== by,
      "Its task goes on in another process of the server.",
    );
  }

  /** Removes what is here of the tree, after all that worked in it has ended: it could write into what comes next. */
  async function forget(tree: string, place: number): Promise<void> {
    await endCalls((call) => isOf(tree, call.request) && call.place < place, "The tree was elsewhere meanwhile.");
    await terminals.endOf(tree);
    for (const name of ["workspaces", "cache"]) await removeTree(join(dataDir, name, tree));
    await removeTree(join(dataDir, "workspaces", `${tree}.own`));
  }

  announce();
  await link.serve(async (call) => {
    const request = await requestIn(call, link);
    if (request === null) return { refused: "not-a-request" };
    const refused = refusal(call, request);
    if (refused !== null) return { refused };
    const slotted = takesSlot(request);
    const ends = new AbortController();
    let finish = () => {};
    const done = new Promise<void>((resolve) => {
      finish = resolve;
    });
    running.set(call.callId, { request, place: call.place, ends, done });
    if (slotted) announce();
    const isReady = ready(request, call.place);
    return {
      run: () =>
        isReady
          .then(() => endFormer(request))
          .then(() => perform(call, request, ends))
          .finally(() => {
            running.delete(call.callId);
            if (isRemoval(request)) leave(request.folder.tree, call.place);
            finish();
            if (slotted) announce();
          }),
    };
  });

  return {
    async drain() {
      isDraining = true;
      announce();
      await Promise.all(working().map(({ done }) => done));
      await untilTaken();
      await link.settled();
    },
    async close() {
      isDraining = true;
      isClosing = true;
      await endCalls(() => true, "The runner was stopped.");
      await terminals.close();
      unwatch();
      await space.close();
      await store.close();
    },
  };
}

/** How long the server may do nothing about the trees of a runner that is drained. */
const QUIET_MS = 5_000;
const LOOK_MS = 100;

function isOf(tree: string, { folder }: PlaceRequest): boolean {
  return folder.tree === tree;
}

/** A program of the task goes on between calls, and talks with one process of the server. */
function isProgram({ part, operation }: PlaceRequest): boolean {
  return (part === "codingAgents" || part === "servers") && operation === "start";
}

function isServer(request: PlaceRequest): boolean {
  return isProgram(request) && request.part === "servers";
}

function isRemoval({ part, operation }: PlaceRequest): boolean {
  return part === "place" && operation === "removeTree";
}

/** It only asks whether the tree's calls run. */
function isQuestion({ part, operation }: PlaceRequest): boolean {
  return part === "place" && operation === "working";
}

const STORE_AGAIN_MS = 1_000;

/** Node's timers take no more. */
const MOST_TIMEOUT_MS = 2 ** 31 - 1;

async function requestIn(call: ReceivedCall, { packs }: RunnerLink): Promise<PlaceRequest | null> {
  const asked = askedShape.safeParse(call.body);
  if (!asked.success) return null;
  if ("request" in asked.data) return asked.data.request;
  try {
    return requestShape.parse(JSON.parse(await readWhole(packs.get(asked.data.pack), MOST_JSON_BYTES)));
  } catch {
    return null;
  }
}

/**
 * Calls `lost` once NATS has not heard the runner for this long, and `back` when it hears it again. A process that was held finds out when it goes on.
 */
function watchCutOff(link: RunnerLink, ms: number, tell: { lost(): Promise<void>; back(): void }): () => void {
  let isLost = false;
  const timer = setInterval(() => {
    const was = isLost;
    isLost = link.unheardMs() > ms;
    if (isLost && !was) void tell.lost();
    else if (was && !isLost) tell.back();
  }, LOOK_EVERY_MS);
  return () => clearInterval(timer);
}

/** Removes all trees of the folder of a runner, which must be its own. */
export async function emptyPlaces(dataDir: string): Promise<void> {
  for (const name of ["workspaces", "cache", "snapshots", "programs"]) await removeTree(join(dataDir, name));
}
