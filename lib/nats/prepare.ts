/** Makes what a cell keeps in NATS, and changes what has other settings. Only the server does this. */
import type { JetStreamManager, StreamConfig, StreamInfo } from "@nats-io/jetstream";
import { outcomesStream, packsBucket, presenceBucket } from "./names";

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
/** A runner that is silent for this long is gone. */
export const SILENT_MS = 20 * SECOND_MS;
/** Beyond this NATS recognizes a second delivery by the subject alone. */
const DOUBLES_MS = 120 * SECOND_MS;
/** With three copies a stream goes on when one node is lost. */
const MOST_COPIES = 3;
/** Codes of JetStream: there is no such stream; and there are not enough nodes for the copies. */
const STREAM_NOT_FOUND = 10_059;
const TOO_FEW_NODES: readonly number[] = [10_005, 10_023, 10_074];

type Settings = Partial<StreamConfig> & Pick<StreamConfig, "name">;

/** Makes the streams of a cell. Throws NATS's error while the nodes have no leader. */
export async function prepareCell(manager: JetStreamManager, cell: string): Promise<void> {
  await ensure(manager, outcomes(cell));
  await ensure(manager, presence(cell));
}

/** Makes the bucket of the packs that this runner and the server exchange. */
export async function preparePacks(manager: JetStreamManager, cell: string, runner: string): Promise<void> {
  const bucket = packsBucket(cell, runner);
  await ensure(manager, {
    ...COMMON,
    name: `OBJ_${bucket}`,
    subjects: [`$O.${bucket}.C.>`, `$O.${bucket}.M.>`],
    max_age: nanoseconds(DAY_MS),
    // The object store replaces a pack's description by a rollup, which reaches only packs of this runner.
    allow_rollup_hdrs: true,
  });
}

const COMMON = { storage: "file", retention: "limits", discard: "new", allow_direct: true } as const;

function outcomes(cell: string): Settings {
  return {
    ...COMMON,
    name: outcomesStream(cell),
    subjects: [`banyan.${cell}.outcome.>`],
    max_age: nanoseconds(DAY_MS),
    duplicate_window: nanoseconds(DOUBLES_MS),
    // The first outcome of a call stays its only one: a later one is refused, whatever its id.
    max_msgs_per_subject: 1,
    discard_new_per_subject: true,
  };
}

/** A bucket of the key-value store, but without rollups: with one a runner could remove the records of all others. */
function presence(cell: string): Settings {
  const bucket = presenceBucket(cell);
  return {
    ...COMMON,
    name: `KV_${bucket}`,
    subjects: [`$KV.${bucket}.>`],
    max_age: nanoseconds(SILENT_MS),
    duplicate_window: nanoseconds(SILENT_MS),
    max_msgs_per_subject: 1,
    discard: "old",
    allow_rollup_hdrs: false,
  };
}

async function ensure(manager: JetStreamManager, settings: Settings): Promise<void> {
  const found = await streamInfo(manager, settings.name);
  if (found === null) {
    await withCopies([MOST_COPIES, 1], (num_replicas) => manager.streams.add({ ...settings, num_replicas }));
    return;
  }
  const { config, cluster } = found;
  const present = config.num_replicas;
  // One node alone would take three copies as a setting, which it cannot keep.
  const wanted = cluster?.name === undefined ? present : MOST_COPIES;
  const isAsWanted = Object.entries(settings).every(([key, value]) => isSame(config[key as keyof StreamConfig], value));
  if (isAsWanted && present >= wanted) return;
  await withCopies([wanted, present], async (num_replicas) => {
    if (isAsWanted && num_replicas === present) return;
    await manager.streams.update(settings.name, { ...settings, num_replicas });
  });
}

async function streamInfo(manager: JetStreamManager, name: string): Promise<StreamInfo | null> {
  try {
    return await manager.streams.info(name);
  } catch (error) {
    if (apiCodeOf(error) === STREAM_NOT_FOUND) return null;
    throw error;
  }
}

/** Makes it with the first number of copies, or the second one where there are too few nodes for the first. */
async function withCopies(
  [wanted, least]: readonly [number, number],
  make: (copies: number) => Promise<unknown>,
): Promise<void> {
  try {
    await make(wanted);
  } catch (error) {
    if (!TOO_FEW_NODES.includes(apiCodeOf(error) ?? 0)) throw error;
    await make(least);
  }
}

/** Returns JetStream's own code of an error; null when the error is none of JetStream. */
export function apiCodeOf(error: unknown): number | null {
  const isCoded = error instanceof Error && "code" in error && typeof error.code === "number";
  return isCoded ? (error.code as number) : null;
}

function isSame(have: unknown, want: unknown): boolean {
  return JSON.stringify(have ?? false) === JSON.stringify(want);
}

function nanoseconds(ms: number): number {
  return ms * 1_000_000;
}
