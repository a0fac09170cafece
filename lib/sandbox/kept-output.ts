/** Keeps the beginning and the end of a command's streams, which say most, and counts what lies between them. */

export interface KeptOutput {
  add(name: "stdout" | "stderr", chunk: Buffer): void;
  /** Returns both texts, which together have at most as many bytes as are kept. */
  texts(): { stdout: string; stderr: string; truncated: boolean };
}

interface KeptStream {
  add(chunk: Buffer): void;
  seenBytes(): number;
  /** Returns the text in so many bytes, with a line in place of what is left out. */
  text(mostBytes: number): string;
}

/** With `keepsStart` the streams are cut at their end, and no line says so, for programs that read them. */
export function keptOutput(maxBytes: number, keepsStart: boolean): KeptOutput {
  const streams = { stdout: keptStream(maxBytes, keepsStart), stderr: keptStream(maxBytes, keepsStart) };
  return {
    add: (name, chunk) => streams[name].add(chunk),
    texts() {
      const [out, err] = [streams.stdout.seenBytes(), streams.stderr.seenBytes()];
      // What one stream does not need the other one gets.
      const forErr = Math.min(err, Math.max(Math.floor(maxBytes / 2), maxBytes - out));
      return {
        stdout: streams.stdout.text(maxBytes - forErr),
        stderr: streams.stderr.text(forErr),
        truncated: out + err > maxBytes,
      };
    },
  };
}

function keptStream(maxBytes: number, keepsStart: boolean): KeptStream {
  const tailMost = keepsStart ? 0 : Math.floor(maxBytes / 2);
  const headMost = maxBytes - tailMost;
  const head: Buffer[] = [];
  let tail: Buffer[] = [];
  let [headBytes, tailBytes, seenBytes] = [0, 0, 0];

  const addToTail = (chunk: Buffer) => {
    if (chunk.length === 0 || tailMost === 0) return;
    // Copied, so that a few kept bytes do not hold a whole read buffer.
    tail.push(Buffer.from(chunk.subarray(Math.max(0, chunk.length - tailMost))));
    tailBytes += Math.min(chunk.length, tailMost);
    // Not with each chunk, because it copies all that is kept.
    if (tailBytes < 2 * tailMost) return;
    tail = [Buffer.concat(tail).subarray(-tailMost)];
    tailBytes = tailMost;
  };
  const end = (bytes: number) => {
    // Where nothing lies between them, the end may begin in the head.
    const last = Buffer.concat(tailBytes < bytes ? [...head, ...tail] : tail);
    return last.subarray(Math.max(0, last.length - bytes));
  };

  return {
    add(chunk) {
      const first = chunk.subarray(0, headMost - headBytes);
      if (first.length > 0) head.push(Buffer.from(first));
      headBytes += first.length;
      seenBytes += chunk.length;
      addToTail(chunk.subarray(first.length));
    },
    seenBytes: () => seenBytes,
    text(mostBytes) {
      const start = Buffer.concat(head);
      if (seenBytes <= mostBytes) return Buffer.concat([start, end(seenBytes - start.length)]).toString("utf8");
      if (keepsStart) return start.subarray(0, mostBytes).toString("utf8");
      // As long as the line with the largest number that it can hold.
      const room = Math.max(0, mostBytes - lineOf(seenBytes).length);
      const first = Math.ceil(room / 2);
      const line = lineOf(seenBytes - room);
      return `${wholeStart(start.subarray(0, first))}${line}${wholeEnd(end(room - first))}`.slice(0, mostBytes);
    },
  };
}

/** The line in place of the middle. */
const lineOf = (leftBytes: number) => `\n[... ${leftBytes} bytes left out ...]\n`;

/** Without a character that was cut in its middle. */
const wholeStart = (bytes: Buffer) => bytes.toString("utf8").replace(/\uFFFD$/, "");
const wholeEnd = (bytes: Buffer) => bytes.toString("utf8").replace(/^\uFFFD{1,3}/, "");
