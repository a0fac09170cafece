/** Reads the audit from one end to the other, in slices, and names each row that is not what was written. */
import { type Audit, type AuditRow, auditHash, FIRST_HASH } from "./audit";

/** A hash that is known from elsewhere: the row of that id must still bear it. */
export interface AnchoredHash {
  id: number;
  hash: string;
  at: string;
}

export interface AuditFault {
  /** The row, or the first of those that are missing. */
  id: number;
  kind: "altered" | "inserted" | "missing" | "unlike_anchor";
  sentence: string;
}

export interface AuditCheck {
  ok: boolean;
  /** How many rows were read. */
  rows: number;
  head: { id: number; hash: string } | null;
  /** The first hundred. */
  faults: AuditFault[];
}

const SLICE = 1_000;
const MOST_FAULTS = 100;

export interface AuditCheckOptions {
  anchors?: readonly AnchoredHash[];
  /** Only the newest so many rows; the first of them is believed. */
  newest?: number;
}

/** Other work goes on between slices. */
export async function checkAudit(audit: Audit, { anchors = [], newest }: AuditCheckOptions = {}): Promise<AuditCheck> {
  // What is written meanwhile, by other processes too, is not asked for.
  const given = audit.lastId();
  const from = newest === undefined ? 0 : Math.max(0, (audit.head()?.id ?? 0) - newest);
  const first = from > 0 ? audit.slice(from - 1, 1)[0] : undefined;
  const faults: AuditFault[] = [];
  const anchored = new Map(anchors.map((one) => [one.id, one]));
  let before = first?.id === from ? first : undefined;
  let last = from;
  let rows = 0;
  for (const { id } of audit.slice(Number.MIN_SAFE_INTEGER, MOST_FAULTS)) {
    if (id < 1) faults.push({ id, kind: "inserted", sentence: `The audit's row ${id} was put in: ids begin with 1.` });
  }
  for (;;) {
    const slice = audit.slice(last, SLICE);
    for (const row of slice) {
      const fault = faultOf(row, before, last);
      if (fault) faults.push(fault);
      const anchor = anchored.get(row.id);
      if (anchor && anchor.hash !== row.hash.toString("hex")) faults.push(unlike(anchor));
      last = row.id;
      before = row;
      rows += 1;
    }
    if (slice.length < SLICE || faults.length >= MOST_FAULTS) break;
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (faults.length < MOST_FAULTS) faults.push(...cutOff(last, given, anchors));
  const head = audit.head();
  return { ok: faults.length === 0, rows, head, faults: faults.slice(0, MOST_FAULTS) };
}

/** `last` is the id before, as it should be. */
function faultOf(row: AuditRow, before: AuditRow | undefined, last: number): AuditFault | null {
  if (row.id !== last + 1) {
    const missing = row.id === last + 2 ? `row ${last + 1} is` : `rows ${last + 1} to ${row.id - 1} are`;
    return { id: last + 1, kind: "missing", sentence: `The audit's ${missing} missing.` };
  }
  // Where rows are missing nothing can be said of what follows them, and the part of a chain has no row before it.
  if (row.id > 1 && !before) return null;
  if (row.hash.equals(auditHash(before?.hash ?? FIRST_HASH, row))) return null;
  const which =
    row.id === 1 ? "The audit's row 1 was" : `The audit's row ${row.id}, or the hash of row ${row.id - 1}, was`;
  return { id: row.id, kind: "altered", sentence: `${which} altered.` };
}

function unlike({ id, at }: AnchoredHash): AuditFault {
  const sentence = `The audit's row ${id} is not the one that was anchored at ${at}: it, or rows before it, were written anew.`;
  return { id, kind: "unlike_anchor", sentence };
}

function cutOff(last: number, given: number, anchors: readonly AnchoredHash[]): AuditFault[] {
  const beyond = anchors.filter(({ id }) => id > last).sort((a, b) => b.id - a.id)[0];
  const missing = (why: string): AuditFault[] => [
    { id: last + 1, kind: "missing", sentence: `The audit ends with row ${last}, ${why}` },
  ];
  if (beyond)
    return missing(
      `but row ${beyond.id} was anchored at ${beyond.at}: rows were cut off, or an older database was put in its place.`,
    );
  return given > last ? missing(`but row ${given} was written: rows were cut off.`) : [];
}
