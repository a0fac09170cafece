/**
 * Keeps the audit's newest hash outside the database in an append-only file, so that an attacker who removes rows,
 * rehashes all of them or restores an older database has to change this file too. It is beside the key file, one per
 * database, and can be kept on another machine or made append-only (`chattr +a`).
 */
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { z } from "zod";

export interface Anchored {
  id: number;
  hash: string;
  /** ISO 8601. */
  at: string;
}

export interface AnchorState {
  file: string;
  /** The anchors to verify: those since the last one that a person accepted. */
  anchors: Anchored[];
  /** What is wrong with the file itself, in one sentence; null when it is valid. */
  fault: string | null;
}

const line = z.object({
  id: z.number().int().nonnegative(),
  hash: z.string().regex(/^([0-9a-f]{64})?$/),
  at: z.string(),
  /** The person who accepted the present state after a restore. */
  accepted: z.string().optional(),
});

/**
 * Returns the file beside the key file. It is named after the database's path, so that a replaced database is compared
 * with it too.
 */
export function anchorFileOf(keyFile: string, databaseFile: string): string {
  const place = createHash("sha256").update(realPath(databaseFile)).digest("hex").slice(0, 16);
  return path.join(path.dirname(keyFile), `audit-${place}.jsonl`);
}

function realPath(file: string): string {
  try {
    return path.join(fs.realpathSync(path.dirname(file)), path.basename(file));
  } catch {
    return path.resolve(file);
  }
}

/** Reads the anchors; a missing file has none. */
export function readAnchors(file: string): AnchorState {
  let text: string;
  try {
    text = read(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT") return { file, anchors: [], fault: null };
    return {
      file,
      anchors: [],
      fault: `The audit's anchor ${file} cannot be read (${code ?? (error as Error).message}).`,
    };
  }
  let anchors: Anchored[] = [];
  let fault: string | null = null;
  for (const [index, written] of text.split("\n").entries()) {
    if (written.trim() === "") continue;
    const parsed = parse(written);
    if (!parsed) {
      fault = `Line ${index + 1} of the audit's anchor ${file} is damaged.`;
      continue;
    }
    if (parsed.accepted !== undefined) {
      anchors = [];
      fault = null;
    }
    if (parsed.id > 0) anchors.push({ id: parsed.id, hash: parsed.hash, at: parsed.at });
  }
  return { file, anchors, fault };
}

function parse(written: string): z.infer<typeof line> | null {
  try {
    return line.parse(JSON.parse(written));
  } catch {
    return null;
  }
}

function read(file: string): string {
  const fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
  try {
    return fs.readFileSync(fd, "utf8");
  } finally {
    fs.closeSync(fd);
  }
}

/** Returns the newest line without reading earlier ones; null when there is none, or it cannot be read. */
function lastAnchor(file: string): Anchored | null {
  try {
    const fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
    try {
      const tail = Buffer.alloc(2_048);
      const { size } = fs.fstatSync(fd);
      const length = fs.readSync(fd, tail, 0, tail.length, Math.max(0, size - tail.length));
      return parse(tail.toString("utf8", 0, length).trimEnd().split("\n").at(-1) ?? "");
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    return null;
  }
}

/** Writes the newest hash, unless it is already the last one written. Throws when it cannot be written. */
export function keepAnchor(file: string, head: { id: number; hash: string } | null, nowMs: number): void {
  const last = lastAnchor(file);
  if (!head || (head.id === last?.id && head.hash === last.hash)) return;
  appendAnchor(file, { ...head, at: new Date(nowMs).toISOString() });
}

/**
 * Appends one line and flushes it to disk; the line is short enough that two processes do not mix theirs. Throws when
 * it cannot be written.
 */
export function appendAnchor(file: string, anchored: Anchored & { accepted?: string }): void {
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW } = fs.constants;
  const fd = fs.openSync(file, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
  try {
    const { size } = fs.fstatSync(fd);
    const last = Buffer.alloc(1);
    const isTorn = size > 0 && fs.readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== 10;
    fs.writeSync(fd, `${isTorn ? "\n" : ""}${JSON.stringify(anchored)}\n`);
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

export interface Anchoring {
  /** Writes the anchor a last time, and stops. */
  stop(): void;
}

export interface AnchoringOptions {
  file: string;
  head(): { id: number; hash: string } | null;
  /** The shortest time between two writes. */
  intervalMs: number;
  now(): number;
  /** Reports a failed write once until a write succeeds again; nothing else fails because of it. */
  report(message: string, error?: unknown): void;
}

export function startAnchoring({ file, head, intervalMs, now, report }: AnchoringOptions): Anchoring {
  let isReported = false;
  const keep = () => {
    try {
      keepAnchor(file, head(), now());
      isReported = false;
    } catch (error) {
      if (!isReported)
        report(`The audit's newest hash cannot be kept in ${file}: make its folder writable for this user.`, error);
      isReported = true;
    }
  };
  const timer = setInterval(keep, intervalMs);
  timer.unref();
  return {
    stop() {
      clearInterval(timer);
      keep();
    },
  };
}
