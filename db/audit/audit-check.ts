/** Reads the whole audit in slices and reports each row that was altered, inserted or deleted. */
import { type Audit, type AuditRow, auditHash, FIRST_HASH } from "./audit";

/** A hash saved outside the database. The row with that id must still have it. */
interface AnchoredHash {
  id: number;
  hash: string;
  at: string;
}

interface AuditFault {
  /** The row, or the first missing row. */
  id: number;
  kind: "altered" | "inserted" | "missing" | "unlike_anchor";
  sentence: string;
}

export interface AuditCheck {
  ok: boolean;
  /** Number of rows read. */
  rows: number;
  head: { id: number; hash: string } | null;
  /** The first hundred faults. */
  faults: AuditFault[];
}

const SLICE = 1_000;
const MOST_FAULTS = 100;

export interface AuditCheckOptions {
  anchors?: readonly AnchoredHash[];
  /** Checks only this many of the newest rows, and trusts the first of them. */
  newest?: number;
}

/** Resolves with the result of a check. Lets other work run between slices. */
export async function checkAudit(audit: Audit, { anchors = [], newest }: AuditCheckOptions = {}): Promise<AuditCheck> {
  // Taken before reading: rows that any process appends during the check need not be there.
  const given = audit.lastId();
  const from = newest === undefined ? 0 : Math.max(0, (audit.head()?.id ?? 0) - newest);
  const first = from > 0 ? audit.slice(from - 1, 1)[0] : undefined;
  const faults: AuditFault[] = [];
  // Whoever removes the newest rows can have their ids used again: the hashes that were saved before count too.
  const anchored = new Map<number, AnchoredHash[]>();
  for (const anchor of anchors) anchored.set(anchor.id, [...(anchored.get(anchor.id) ?? []), anchor]);
  let before = first?.id === from ? first : undefined;
  let last = from;
  let rows = 0;
  for (const { id } of audit.slice(Number.MIN_SAFE_INTEGER, MOST_FAULTS)) {
    if (id < 1)
      faults.push({ id, kind: "inserted", sentence: `The audit's row ${id} was inserted: ids begin with 1.` });
  }
  for (;;) {
    const slice = audit.slice(last, SLICE);
    for (const row of slice) {
      const fault = faultOf(row, before, last);
      if (fault) faults.push(fault);
      const hash = row.hash.toString("hex");
      for (const anchor of anchored.get(row.id) ?? []) if (anchor.hash !== hash) faults.push(unlike(anchor));
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

/** Returns what is wrong with a row, or null. `last` is the id that the previous row should have. */
function faultOf(row: AuditRow, before: AuditRow | undefined, last: number): AuditFault | null {
  if (row.id !== last + 1) {
    const missing = row.id === last + 2 ? `row ${last + 1} is` : `rows ${last + 1} to ${row.id - 1} are`;
    return { id: last + 1, kind: "missing", sentence: `The audit's ${missing} missing.` };
  }
  // After missing rows, and at the start of a partial check, there is no previous row to compute the hash from.
  if (row.id > 1 && !before) return null;
  if (row.hash.equals(auditHash(before?.hash ?? FIRST_HASH, row))) return null;
  const which =
    row.id === 1 ? "The audit's row 1 was" : `The audit's row ${row.id}, or the hash of row ${row.id - 1}, was`;
  return { id: row.id, kind: "altered", sentence: `${which} altered.` };
}

function unlike({ id, at }: AnchoredHash): AuditFault {
  const sentence = `The audit's row ${id} differs from the hash saved at ${at}: this row or earlier rows were rewritten.`;
  return { id, kind: "unlike_anchor", sentence };
}

function cutOff(last: number, given: number, anchors: readonly AnchoredHash[]): AuditFault[] {
  const newest = anchors.filter(({ id }) => id > last).sort((a, b) => b.id - a.id)[0];
  const missing = (why: string): AuditFault[] => [
    { id: last + 1, kind: "missing", sentence: `The audit ends with row ${last}, ${why}` },
  ];
  if (newest)
    return missing(
      `but the hash of row ${newest.id} was saved at ${newest.at}: rows were deleted, or an older database was restored.`,
    );
  return given > last ? missing(`but row ${given} was written: rows were deleted.`) : [];
}
