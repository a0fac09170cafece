/**
 * Keeps the last bytes of an output that may never end. Positions count from its first byte, including dropped bytes.
 */
export interface OutputRing {
  add(chunk: Buffer): void;
  /**
   * Reads from `position`, at most `maxBytes`, without splitting a character or a control sequence. `dropped`: bytes in between that are
   * gone.
   */
  read(position: number, maxBytes: number): { text: string; next: number; dropped: number };
  end(): number;
  /** Ends the output, so that an incomplete last character stays incomplete. */
  close(): void;
}

export function createOutputRing(capacityBytes: number): OutputRing {
  let kept: Buffer[] = [];
  let keptBytes = 0;
  let first = 0;
  let isClosed = false;

  return {
    add(chunk) {
      // Copied, so that a few kept bytes do not hold a whole read buffer.
      kept.push(Buffer.from(chunk.subarray(Math.max(0, chunk.length - capacityBytes))));
      first += Math.max(0, chunk.length - capacityBytes);
      keptBytes += Math.min(chunk.length, capacityBytes);
      for (let oldest = kept[0]; oldest && keptBytes > capacityBytes; oldest = kept[0]) {
        const surplus = Math.min(oldest.length, keptBytes - capacityBytes);
        if (surplus === oldest.length) kept.shift();
        else kept[0] = oldest.subarray(surplus);
        keptBytes -= surplus;
        first += surplus;
      }
    },
    read(position, maxBytes) {
      if (kept.length > 1) kept = [Buffer.concat(kept)];
      const all = kept[0] ?? Buffer.alloc(0);
      const wanted = Math.min(Math.max(0, position), first + all.length);
      let from = Math.max(wanted, first) - first;
      // The dropped bytes may have included the beginning of a character.
      if (wanted < first) while (from < all.length && isContinuation(all[from])) from += 1;
      const to = Math.min(all.length, from + maxBytes);
      const whole = isClosed && to === all.length ? to : from + wholePart(all.subarray(from, to));
      return {
        text: all.subarray(from, whole).toString("utf8"),
        next: first + whole,
        dropped: Math.max(0, first + from - wanted),
      };
    },
    end: () => first + keptBytes,
    close() {
      isClosed = true;
    },
  };
}

const [ESCAPE, BELL] = ["\u001b", "\u0007"];
/** A longer sequence is given as it is, because it may never end. */
const LONGEST_SEQUENCE_BYTES = 4_096;
/** A sequence from its escape to the end of the text, without its own end. */
const UNFINISHED = new RegExp(`^${ESCAPE}(\\[[0-?]*[ -/]*|[\\]PX^_][^${BELL}${ESCAPE}]*|[ -/]*)$`);

/** Returns the number of bytes without an unfinished character or control sequence at the end. */
function wholePart(bytes: Buffer): number {
  const whole = wholeCharacters(bytes);
  const begin = bytes.lastIndexOf(ESCAPE, whole - 1, "latin1");
  if (begin <= 0 || whole - begin > LONGEST_SEQUENCE_BYTES) return whole;
  return UNFINISHED.test(bytes.subarray(begin, whole).toString("latin1")) ? begin : whole;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** Returns the number of bytes without an incomplete last character. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (isContinuation(byte)) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
