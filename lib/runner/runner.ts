/** A runner: takes the calls of its cell, and does them in workplaces of this machine. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { NatsError } from "../nats/errors";
import type { ReceivedCall, RunnerLink } from "../nats/port";
import type { SandboxPort } from "../sandbox/port";
import type { SnapshotStore } from "../snapshots/port";
import type { Terminals } from "../terminals/port";
import { localWorkplaces } from "../workplace/local/local";
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

/** A runner that lost NATS ends its programs after this time, before anyone else may act for its trees. */
const CUT_OFF_MS = 10_000;

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
  /** Tests use less. */
  cutOffMs?: number;
}

export interface Runner {
  /** Takes no new calls; resolves when those that run have ended and their outcomes are stored. */
  drain(): Promise<void>;
  /** Ends what runs. */
  close(): Promise<void>;
}

/** Which place of a tree this runner is, and when its folders are those of that place. */
interface Place {
  number: number;
  ready: Promise<void>;
}

/** Resolves when the cell's calls arrive. */
export async function startRunner(options: RunnerOptions): Promise<Runner> {
  const { link, pool, slots, version, dataDir, sandbox, terminals, store, say } = options;
  const bootId = randomUUID();
  const places = new Map<string, Place>();
  const running = new Map<string, { ends: AbortController; slotted: boolean; done: Promise<unknown> }>();
  let isDraining = false;
  let isCutOff = false;

  const free = () => slots - [...running.values()].filter(({ slotted }) => slotted).length;
  const announce = () => {
    const open = isDraining ? { slots: 0, free: 0 } : { slots, free: Math.max(0, free()) };
    link.announce({ pool, ...open, architecture: process.arch, version, level: LEVEL, bootId });
  };
  const host: PlaceHost = {
    dataDir,
    store,
    packs: link.packs,
    workplaces: localWorkplaces({ sandbox, terminals, snapshots: store }),
    endPrograms: (tree, task) => (task === null ? terminals.endOf(tree) : terminals.endOfTask(task)),
  };

  const unwatch = watchCutOff(link, options.cutOffMs ?? CUT_OFF_MS, {
    async lost() {
      isCutOff = true;
      say("NATS has been away for too long: the programs of all trees are ended.");
      for (const { ends } of running.values()) ends.abort(new Error("The runner was cut off from NATS."));
      await terminals.endAll();
    },
    back() {
      if (isCutOff) say("NATS is back.");
      isCutOff = false;
      announce();
    },
  });

  /** Returns why the call is not taken, or null. */
  function refusal(call: ReceivedCall, request: PlaceRequest): keyof typeof REFUSALS | null {
    if (!areNeighbours(call.level, LEVEL)) return "other-level";
    if (isCutOff) return "cut-off";
    if (isDraining) return "draining";
    const { tree } = request.folder;
    if (call.place < (places.get(tree)?.number ?? 0)) return "moved";
    return takesSlot(request) && free() <= 0 ? "full" : null;
  }

  async function perform(call: ReceivedCall, request: PlaceRequest, ends: AbortController): Promise<unknown> {
    const left = Math.max(1, Math.min(call.deadlineMs - Date.now(), MOST_TIMEOUT_MS));
    const signal = AbortSignal.any([call.signal, ends.signal, AbortSignal.timeout(left)]);
    const send = (at: number, given: readonly unknown[]) => call.send(Buffer.from(JSON.stringify({ at, given })));
    const end = await endOf(() => performAsked(host, request, { signal, call: send }), signal);
    const text = JSON.stringify(end);
    if (text.length <= MOST_INLINE_CHARS) return { end };
    return { pack: await stored(`end-${call.callId}`, text) };
  }

  /** Stores a large end. While NATS is away it waits, as the outcome itself does. */
  async function stored(name: string, text: string): Promise<Pack> {
    for (let tried = 0; ; tried += 1) {
      try {
        return await link.packs.put(`${name}-${tried}`, bytesOf(text));
      } catch (error) {
        if (!(error instanceof NatsError) || error.code !== "unreachable") throw error;
        await setTimeout(STORE_AGAIN_MS);
      }
    }
  }

  /** A tree that comes back was elsewhere meanwhile, so what is here of it is old. */
  function ready({ folder: { tree } }: PlaceRequest, number: number): Promise<void> {
    const had = places.get(tree);
    if (had?.number === number) return had.ready;
    const ready = had === undefined ? Promise.resolve() : had.ready.then(() => forget(tree));
    places.set(tree, { number, ready });
    return ready;
  }

  async function forget(tree: string): Promise<void> {
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
    running.set(call.callId, { ends, slotted, done });
    if (slotted) announce();
    const isReady = ready(request, call.place);
    return {
      run: () =>
        isReady
          .then(() => perform(call, request, ends))
          .finally(() => {
            running.delete(call.callId);
            finish();
            if (slotted) announce();
          }),
    };
  });

  return {
    async drain() {
      isDraining = true;
      announce();
      await Promise.all([...running.values()].map(({ done }) => done));
      await link.settled();
    },
    async close() {
      isDraining = true;
      for (const { ends } of running.values()) ends.abort(new Error("The runner was stopped."));
      await Promise.all([...running.values()].map(({ done }) => done));
      await terminals.close();
      unwatch();
      await store.close();
    },
  };
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

/** Calls `lost` once NATS has been away for this long by the steady clock, and `back` when it is there again. */
function watchCutOff(link: RunnerLink, ms: number, tell: { lost(): Promise<void>; back(): void }): () => void {
  let timer: NodeJS.Timeout | null = null;
  const stop = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  const unheard = [
    link.onLost(() => {
      stop();
      timer = globalThis.setTimeout(() => void tell.lost(), ms);
    }),
    link.onBack(() => {
      stop();
      tell.back();
    }),
  ];
  return () => {
    stop();
    for (const end of unheard) end();
  };
}

/** Removes all trees of the folder of a runner, which must be its own. */
export async function emptyPlaces(dataDir: string): Promise<void> {
  for (const name of ["workspaces", "cache", "snapshots"]) await removeTree(join(dataDir, name));
}
