/**
 * Packs: bytes of any size, in the format of the object store. The object store's own client reads through a consumer,
 * and who may make consumers can deliver messages to anybody, so runners read message by message instead. This also
 * leaves no more than one part in memory.
 */
import { createHash } from "node:crypto";
import { type JetStreamClient, jetstream } from "@nats-io/jetstream";
import { headers, type Msg, nuid } from "@nats-io/transport-node";
import { z } from "zod";
import type { NatsLink } from "./connect";
import { NatsError } from "./errors";
import { packsBucket, padded, subjects } from "./names";
import type { PackRef, Packs } from "./port";
import { parsed } from "./wire";

const PART_BYTES = 500_000;
const STORE_MS = 10_000;
const READ_MS = 2_000;
const MOST_TRIES = 10;
const WAIT_MS = 200;
/** Status of an answer without a message. */
const NOT_FOUND = 404;

const metaShape = z.object({
  nuid: z.string().regex(/^\w{1,64}$/),
  size: z.int().min(0),
  chunks: z.int().min(0),
  digest: z.string(),
  deleted: z.boolean().optional(),
});

export function packsOver(link: NatsLink, cell: string, runner: string): Packs {
  const client = jetstream(link.connection, { timeout: STORE_MS });

  return {
    async put(name, bytes) {
      const id = nuid.next();
      const hash = createHash("sha256");
      let size = 0;
      let chunks = 0;
      for await (const part of inParts(bytes)) {
        hash.update(part);
        size += part.length;
        await store(client, subjects.packPart(cell, runner, id), part, { msgID: `${id}.${chunks}` });
        chunks += 1;
      }
      const digest = hash.digest();
      const rollup = headers();
      rollup.set("Nats-Rollup", "sub");
      const meta = {
        name,
        bucket: packsBucket(cell, runner),
        nuid: id,
        size,
        chunks,
        digest: `SHA-256=${padded(digest.toString("base64url"))}`,
        mtime: new Date().toISOString(),
        options: { max_chunk_size: PART_BYTES },
      };
      const text = Buffer.from(JSON.stringify(meta));
      await store(client, subjects.packMeta(cell, runner, name), text, { msgID: `${id}.meta`, headers: rollup });
      return { name, bytes: size, sha256: digest.toString("hex") };
    },
    get: (pack) => read(link, { cell, runner, pack }),
  };
}

/** Stores one message, again when the answer is lost: it is recognized by its id. Throws NatsError `unreachable`. */
async function store(
  client: JetStreamClient,
  subject: string,
  data: Uint8Array,
  options: Parameters<JetStreamClient["publish"]>[2],
): Promise<void> {
  for (let tried = 0; tried < MOST_TRIES; tried += 1) {
    try {
      await client.publish(subject, data, options);
      return;
    } catch {
      await wait(WAIT_MS * tried);
    }
  }
  throw new NatsError(
    "unreachable",
    "The pack could not be stored: NATS has no leader for it, no room left, or is cut off.",
  );
}

interface Wanted {
  cell: string;
  runner: string;
  pack: PackRef;
}

async function* read(link: NatsLink, wanted: Wanted): AsyncGenerator<Uint8Array> {
  const { cell, runner, pack } = wanted;
  const found = await readNext(link, wanted, subjects.packMeta(cell, runner, pack.name), 1);
  const meta = found && parsed(metaShape, found.data);
  if (!meta || meta.deleted) throw new NatsError("not-found", `The pack ${pack.name} is not in NATS any more.`);
  const hash = createHash("sha256");
  let bytes = 0;
  let sequence = 1;
  for (let part = 0; part < meta.chunks; part += 1) {
    const message = await readNext(link, wanted, subjects.packPart(cell, runner, meta.nuid), sequence);
    if (message === null) throw new NatsError("not-found", `A part of the pack ${pack.name} is not in NATS any more.`);
    sequence = Number(message.headers?.get("Nats-Sequence")) + 1;
    bytes += message.data.length;
    hash.update(message.data);
    // The last part is given only when the whole is right.
    if (part === meta.chunks - 1 || bytes > pack.bytes) check(pack, bytes, hash.copy().digest("hex"));
    yield message.data;
  }
  if (meta.chunks === 0) check(pack, 0, hash.digest("hex"));
}

function check(pack: PackRef, bytes: number, sha256: string): void {
  if (bytes !== pack.bytes || sha256 !== pack.sha256)
    throw new NatsError("corrupt", `The pack ${pack.name} is not what its sender has put there: ask for it again.`);
}

/**
 * Returns the first message of the subject from this sequence number on; null when there is none. Any copy of the bucket
 * answers, also one that is a little behind, so an absent message is asked for again.
 */
async function readNext(
  link: NatsLink,
  { cell, runner }: Wanted,
  subject: string,
  sequence: number,
): Promise<Msg | null> {
  const question = JSON.stringify({ seq: sequence, next_by_subj: subject });
  let isAbsent = false;
  for (let tried = 0; tried < MOST_TRIES; tried += 1) {
    await wait(WAIT_MS * Math.min(tried, 3));
    try {
      const answer = await link.connection.request(subjects.packRead(cell, runner), question, { timeout: READ_MS });
      if (!answer.headers?.code) return answer;
      isAbsent = answer.headers.code === NOT_FOUND;
      if (isAbsent && tried >= 3) return null;
    } catch {
      isAbsent = false;
    }
  }
  if (isAbsent) return null;
  throw new NatsError("unreachable", "The pack could not be read: NATS does not answer.");
}

/** Cuts and joins the bytes into parts of PART_BYTES, the last one shorter. Who gives them may use their memory again. */
async function* inParts(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  for await (const some of bytes) {
    waiting.push(Buffer.from(some));
    size += some.length;
    if (size < PART_BYTES) continue;
    let whole = Buffer.concat(waiting, size);
    for (; whole.length >= PART_BYTES; whole = whole.subarray(PART_BYTES)) yield whole.subarray(0, PART_BYTES);
    waiting = [whole];
    size = whole.length;
  }
  if (size > 0) yield Buffer.concat(waiting, size);
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
