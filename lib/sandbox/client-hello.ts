/**
 * Reads which host a TLS client asks for. A tunnel to an allowed host could otherwise reach any other host at the same
 * address. The name is unencrypted in the client's first message.
 */

export type Opening =
  /** More bytes are needed. */
  | { kind: "unfinished" }
  /** It is not TLS, or the server speaks first. */
  | { kind: "other" }
  /** It begins like TLS, but no present client sends it. */
  | { kind: "broken" }
  /** `name`: null when the client names no host. `hides`: the real name may be encrypted. */
  | { kind: "hello"; name: string | null; hides: boolean };

const HANDSHAKE_RECORD = 22;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
const ENCRYPTED_CLIENT_HELLO = 0xfe0d;
const MOST_RECORD_BYTES = 16 * 1024;
/** Post-quantum keys take a few thousand bytes. */
const MOST_HELLO_BYTES = 64 * 1024;

/** Classifies the first bytes of a connection. */
export function openingOf(bytes: Buffer): Opening {
  if (bytes.length === 0) return { kind: "unfinished" };
  if (bytes[0] !== HANDSHAKE_RECORD) return isOldHello(bytes);
  const hello = helloIn(bytes);
  if (hello === "unfinished" || hello === "broken") return { kind: hello };
  try {
    return namesIn(hello);
  } catch {
    return { kind: "broken" };
  }
}

/** SSL 2 could open later versions without a name, and servers that still accept it answer with their default host. */
function isOldHello(bytes: Buffer): Opening {
  if (bytes.length < 3) return { kind: (bytes[0] ?? 0) >= 0x80 ? "unfinished" : "other" };
  return { kind: (bytes[0] ?? 0) >= 0x80 && bytes[2] === CLIENT_HELLO ? "broken" : "other" };
}

/** Joins the records of the message. */
function helloIn(bytes: Buffer): Buffer | "unfinished" | "broken" {
  const parts: Buffer[] = [];
  let have = 0;
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] !== HANDSHAKE_RECORD) return "broken";
    if (at + 5 > bytes.length) return "unfinished";
    const length = bytes.readUInt16BE(at + 3);
    if (bytes[at + 1] !== 3 || length === 0 || length > MOST_RECORD_BYTES) return "broken";
    const part = bytes.subarray(at + 5, at + 5 + length);
    parts.push(part);
    have += part.length;
    const message = have >= 4 ? Buffer.concat(parts) : null;
    if (message) {
      if (message[0] !== CLIENT_HELLO) return "broken";
      const wanted = 4 + message.readUIntBE(1, 3);
      if (wanted > MOST_HELLO_BYTES) return "broken";
      if (have >= wanted) return message.subarray(4, wanted);
    }
    if (part.length < length) return "unfinished";
    at += 5 + length;
  }
  return "unfinished";
}

/** Throws when the message ends too early. */
function namesIn(hello: Buffer): Opening {
  const read = reader(hello);
  read.skip(2 + 32);
  read.skip(read.number(1));
  read.skip(read.number(2));
  read.skip(read.number(1));
  const found: { name: string | null; hides: boolean } = { name: null, hides: false };
  if (read.isAtEnd()) return { kind: "hello", ...found };
  const extensions = reader(read.bytes(read.number(2)));
  const seen = new Set<number>();
  while (!extensions.isAtEnd()) {
    const type = extensions.number(2);
    const body = extensions.bytes(extensions.number(2));
    // Servers differ in whether they read the first or the last duplicate.
    if (seen.has(type)) return { kind: "broken" };
    seen.add(type);
    if (type === SERVER_NAME) {
      const name = nameIn(body);
      if (name === null) return { kind: "broken" };
      found.name = name;
    }
    if (type === ENCRYPTED_CLIENT_HELLO) found.hides = true;
  }
  return read.isAtEnd() ? { kind: "hello", ...found } : { kind: "broken" };
}

/** Returns the single name; null for an invalid list or a list of several names. */
function nameIn(body: Buffer): string | null {
  const list = reader(body);
  if (list.number(2) !== body.length - 2 || list.number(1) !== 0) return null;
  const name = list.bytes(list.number(2)).toString("latin1");
  return list.isAtEnd() && /^[\x21-\x7e]{1,253}$/.test(name) ? name.toLowerCase().replace(/\.$/, "") : null;
}

function reader(bytes: Buffer) {
  let at = 0;
  const take = (count: number): Buffer => {
    if (at + count > bytes.length) throw new RangeError("The message ends too early.");
    at += count;
    return bytes.subarray(at - count, at);
  };
  return {
    bytes: take,
    skip: (count: number) => void take(count),
    number: (size: number) => take(size).readUIntBE(0, size),
    isAtEnd: () => at === bytes.length,
  };
}
