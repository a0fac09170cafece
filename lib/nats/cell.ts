/** The server's side of a cell: its streams, its runners, its calls. */
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { Objm } from "@nats-io/obj";
import { startCall } from "./call";
import { connectNats, type NatsLink } from "./connect";
import { leaveCutOffNodes, SERVER_LEAVES_MS, watchStreams } from "./cut-off";
import { NatsError } from "./errors";
import { type Followed, followCall } from "./follow";
import { packsBucket } from "./names";
import { readOutcome, storedOutcome } from "./outcomes";
import { packsOver } from "./packs";
import type { CallListener, CellLink, CellOptions, ServerPacks } from "./port";
import { prepareCell, preparePacks } from "./prepare";
import { watchPresence } from "./presence";

const SERVER = "server";
/** For a cluster that starts, or elects a leader. */
const PREPARE_MS = 60_000;
const TRY_EVERY_MS = 500;

/** Connects the server, and makes what the cell needs in NATS. Throws NatsError. */
export async function connectCell(options: CellOptions): Promise<CellLink> {
  const link = await connectNats(options, SERVER);
  try {
    return await cellOver(link, options);
  } catch (error) {
    await link.close();
    throw error;
  }
}

async function cellOver(link: NatsLink, options: CellOptions): Promise<CellLink> {
  const { cell } = options;
  const manager = await untilPrepared(link, () => jetstreamManager(link.connection));
  await untilPrepared(link, () => prepareCell(manager, cell));
  const presence = await untilPrepared(link, () => watchPresence(link, options));
  const streams = watchStreams(link, manager, cell);
  const endLeaving = leaveCutOffNodes(link, streams.silentMs, SERVER_LEAVES_MS);
  const prepared = new Map<string, Promise<ServerPacks>>();
  // Nodes that come back may have lost what they stored, or be three in place of one.
  const offBack = link.onBack(() => {
    prepared.clear();
    untilPrepared(link, () => prepareCell(manager, cell)).catch(ignored);
  });

  const followed = (runner: string, callId: string, listener: CallListener = {}): Followed => ({
    link,
    cell,
    runner,
    callId,
    listener,
    read: (data) => readOutcome(data, callId),
    ask: () => storedOutcome(manager, cell, { runner, callId }),
  });
  const packsOf = async (runner: string): Promise<ServerPacks> => {
    const store = await untilPrepared(link, async () => {
      await preparePacks(manager, cell, runner);
      return new Objm(jetstream(link.connection)).open(packsBucket(cell, runner), false);
    });
    const remove = async (name: string) => void (await store.delete(name).catch(ignored));
    return { ...packsOver(link, cell, runner), remove };
  };
  return {
    isUp: link.isUp,
    onLost: link.onLost,
    onBack: link.onBack,
    presence,
    call: (request, listener) => startCall(request, followed(request.runner, request.callId, listener)),
    follow: (runner, callId, listener) => followCall(followed(runner, callId, listener), true),
    outcome: (runner, callId) => storedOutcome(manager, cell, { runner, callId }),
    packs(runner) {
      const known = prepared.get(runner) ?? packsOf(runner);
      prepared.set(runner, known);
      known.catch(() => prepared.delete(runner));
      return known;
    },
    async close() {
      offBack();
      endLeaving();
      streams.close();
      presence.close();
      await link.close();
    },
  };
}

/** The next time that the connection is back tries again, and a pack that was not removed expires. */
function ignored(): void {}

/** Tries until the nodes have a leader. Throws NatsError `unreachable` when they do not get one. */
async function untilPrepared<T>(link: NatsLink, prepare: () => Promise<T>): Promise<T> {
  const endMs = performance.now() + PREPARE_MS;
  for (;;) {
    try {
      return await prepare();
    } catch (error) {
      if (link.connection.isClosed() || performance.now() > endMs)
        throw new NatsError(
          "unreachable",
          `NATS does not keep streams now (${error instanceof Error ? error.message : "no answer"}): check that JetStream is on, and that most of its nodes run.`,
        );
      await new Promise((resolve) => setTimeout(resolve, TRY_EVERY_MS));
    }
  }
}
