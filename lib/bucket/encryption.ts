/**
 * Encrypts and decrypts files in the format of age (age-encryption.org/v1), as streams: `age --decrypt --identity KEY`
 * opens them without Banyan.
 */
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { BucketError, DamagedError } from "./faults";

const READ_BYTES = 256 * 1024;
const HEADER = "age-encryption.org/v1";

/** Resolves with a new key: an age identity. */
export function newKey(): Promise<string> {
  return generateX25519Identity();
}

interface Encrypted {
  /** Of the whole encrypted file. */
  sizeBytes: number;
  /** The encrypted bytes, in pieces of any size. */
  pieces: AsyncIterable<Uint8Array>;
}

/** Resolves with the encrypted bytes of a file, which are read while they are taken. Rejects with a BucketError for a wrong key. */
export async function encryptFile(file: string, key: string): Promise<Encrypted> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(await recipientOf(key));
  const { size } = await stat(file);
  let take = () => {};
  const isTaken = new Promise<void>((resolve) => {
    take = resolve;
  });
  const source = Readable.from(bytesOf(file, isTaken), { objectMode: false });
  const encrypted = await encrypter.encrypt(webStream(source));
  return { sizeBytes: encrypted.size(size), pieces: piecesOf(encrypted, take) };
}

/** Streams read ahead. An upload that fails before it takes a piece closes nothing, so nothing is open until then. */
async function* bytesOf(file: string, isTaken: Promise<void>): AsyncGenerator<Uint8Array> {
  await isTaken;
  yield* createReadStream(file, { highWaterMark: READ_BYTES });
}

/** A mistyped key is recognized by its checksum. */
async function recipientOf(key: string): Promise<string> {
  try {
    return await identityToRecipient(key);
  } catch {
    throw new BucketError(
      "The key of the backups is mistyped: correct BANYAN_BACKUP_KEY, or make a new one with `npx banyan backup --new-key`.",
    );
  }
}

/**
 * Writes the decrypted bytes to `to`, a new file that only its owner can read. `what` names the backup in sentences.
 * Rejects with a BucketError for a wrong key or changed bytes, and with the error of `pieces`.
 */
export async function decryptTo(
  to: string,
  pieces: AsyncIterable<Uint8Array>,
  { key, what }: { key: string; what: string },
): Promise<void> {
  await recipientOf(key);
  const decrypter = new Decrypter();
  decrypter.addIdentity(key);
  let start = "";
  const source: { fault?: Error } = {};
  const seen = watched(remembering(pieces, source), (piece) => {
    if (start.length < HEADER.length) start += Buffer.from(piece.subarray(0, HEADER.length)).toString("latin1");
  });
  const plain = await decrypter.decrypt(webStream(Readable.from(seen, { objectMode: false }))).catch(() => {
    throw source.fault ?? unopened(start.startsWith(HEADER), what);
  });
  const handle = await open(to, "wx", 0o600);
  try {
    for await (const piece of piecesOf(plain)) await handle.writeFile(piece);
    await handle.sync();
  } catch (error) {
    const fault = writeFault(error, to);
    throw source.fault ?? (fault === null ? new DamagedError(damaged(what)) : new BucketError(fault));
  } finally {
    await handle.close();
  }
}

/** Passes pieces on, and keeps the error that ended them: it may be of this machine, and says nothing about the bytes. */
async function* remembering(pieces: AsyncIterable<Uint8Array>, source: { fault?: Error }) {
  try {
    yield* pieces;
  } catch (error) {
    source.fault = error as Error;
    throw error;
  }
}

/** Passes pieces on in small ones, with other work of this process between them: each is decrypted at once. */
async function* watched(pieces: AsyncIterable<Uint8Array>, see: (piece: Uint8Array) => void) {
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; at += READ_BYTES) {
      const part = piece.subarray(at, at + READ_BYTES);
      see(part);
      yield part;
      await setImmediate();
    }
  }
}

/** One under another key is a good backup for whoever has that key. */
function unopened(isEncrypted: boolean, what: string): BucketError {
  return isEncrypted ? new BucketError(wrongKey(what)) : new DamagedError(foreign(what));
}

const wrongKey = (what: string) =>
  `The key does not open the backup ${what}: use the key that was in BANYAN_BACKUP_KEY when the backup was made.`;
const foreign = (what: string) => `${what} is not an encrypted backup: name another one.`;
const damaged = (what: string) =>
  `The backup ${what} in the bucket is damaged or cut short: name another one, and make a new backup.`;

/** Returns a sentence when this machine's disk failed, and not the decryption. */
function writeFault(error: unknown, file: string): string | null {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return syscall ? `Cannot write ${file} (${code}): free some space on its disk, then try again.` : null;
}

function webStream(source: Readable): ReadableStream<Uint8Array> {
  return Readable.toWeb(source) as ReadableStream<Uint8Array>;
}

async function* piecesOf(stream: ReadableStream<Uint8Array>, begin = () => {}): AsyncGenerator<Uint8Array> {
  begin();
  const reader = stream.getReader();
  let isDone = false;
  try {
    while (true) {
      const { done, value } = await reader.read();
      isDone = done;
      if (done) return;
      yield value;
    }
  } finally {
    // Whoever stops early leaves no open file behind.
    if (!isDone) await reader.cancel().catch(() => {});
  }
}
