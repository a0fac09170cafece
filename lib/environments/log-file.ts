/**
 * What an environment prints, in a folder: pieces of bounded size, each called by the place of its first byte. The oldest
 * are removed, so that it never grows beyond its limit.
 */
import fs from "node:fs";
import path from "node:path";

const PIECE_BYTES = 256 * 1024;
const MOST_PIECES = 8;
/** The most that one reading returns. */
const MOST_READ_BYTES = 256 * 1024;
const NAME = /^\d{12}\.log$/;

export interface LogFile {
  append(text: string): void;
}

/** Continues the log in the folder, which is made. */
export function openLogFile(folder: string): LogFile {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  let { at, size } = lastPiece(folder);
  return {
    append(text) {
      if (text === "") return;
      const bytes = Buffer.from(text, "utf8");
      if (size > 0 && size + bytes.length > PIECE_BYTES) {
        at += size;
        size = 0;
        for (const old of piecesIn(folder).slice(0, 1 - MOST_PIECES)) fs.rmSync(path.join(folder, nameOf(old)));
      }
      fs.appendFileSync(path.join(folder, nameOf(at)), bytes, { mode: 0o600 });
      size += bytes.length;
    },
  };
}

/** Returns what the log holds from a byte on. Bytes that are gone are left out, and counted. */
export function readLogFile(folder: string, after: number): { text: string; next: number; left_out: number } {
  const pieces = piecesIn(folder);
  const [oldest = 0] = pieces;
  const from = Math.max(after, oldest);
  const parts: Buffer[] = [];
  let at = from;
  for (const [index, start] of pieces.entries()) {
    const end = pieces[index + 1];
    if (end !== undefined && end <= at) continue;
    const bytes = fs.readFileSync(path.join(folder, nameOf(start))).subarray(Math.max(0, at - start));
    parts.push(bytes);
    at += bytes.length;
    if (at - from >= MOST_READ_BYTES) break;
  }
  const whole = withoutHalfLetter(Buffer.concat(parts));
  return { text: whole.toString("utf8"), next: from + whole.length, left_out: from - after };
}

/** A piece may end within a letter of several bytes, whose rest comes later. */
function withoutHalfLetter(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0b1100_0000) === 0b1000_0000) continue;
    const length = byte >= 0b1111_0000 ? 4 : byte >= 0b1110_0000 ? 3 : byte >= 0b1100_0000 ? 2 : 1;
    return length > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}

function piecesIn(folder: string): number[] {
  if (!fs.existsSync(folder)) return [];
  const names = fs.readdirSync(folder).filter((name) => NAME.test(name));
  return names.map((name) => Number(name.slice(0, 12))).sort((a, b) => a - b);
}

function lastPiece(folder: string): { at: number; size: number } {
  const at = piecesIn(folder).at(-1) ?? 0;
  return { at, size: fs.statSync(path.join(folder, nameOf(at)), { throwIfNoEntry: false })?.size ?? 0 };
}

function nameOf(at: number): string {
  return `${String(at).padStart(12, "0")}.log`;
}
