/** Looks of the review agent at the faults, their settings, and what became of their proposals. */
import type { FaultKind } from "@/core/log/faults";
import type {
  ImprovementLook,
  ImprovementSettings,
  LookCause,
  LookProposal,
} from "@/core/shapes/improving/improvement";
import { wholeBody } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import { iso } from "@/db/file/iso";
import type { Writes } from "@/db/file/writes";
import { dayOf } from "@/db/records/daily-spend";

/** The name under which the daily spend counts the looks. It is no person. */
export const REVIEWER = "review_agent";

export interface StoredSettings extends ImprovementSettings {
  /** When it was switched on: an hour before that is not made up for. */
  sinceMs: number;
}

interface NewLook {
  uid: string;
  cause: LookCause;
  by: string | null;
  /** When the reading of the faults began: what comes later is new to the next look. */
  atMs: number;
  kinds: FaultKind[];
  /** Public id of the tree that it gets; null: it needs none. */
  tree: string | null;
  note: string | null;
}

export interface StoredLook extends NewLook {
  isOpened: boolean;
}

/** A proposal of a look, with the versions to compare it with. */
export interface StoredLookProposal {
  review: string;
  kind: LookProposal["kind"];
  name: string;
  status: LookProposal["status"];
  baseVersion: number | null;
  body: unknown;
  faults: string[];
  createdAtMs: number;
  /** When it was decided, or made where nobody has decided. */
  decidedAtMs: number;
}

export interface Looks {
  settings(): StoredSettings;
  setSettings(change: Partial<ImprovementSettings>): Promise<ImprovementSettings>;
  /** Stores a look unless one is going on. Resolves with whether it was stored. */
  begin(look: NewLook): Promise<boolean>;
  /** Its tree is there now. */
  opened(uid: string): Promise<void>;
  /** It gets no tree, for this reason. */
  closed(uid: string, note: string): Promise<void>;
  /** Returns the look whose tree is missing yet or has not ended, or null. */
  current(): StoredLook | null;
  /** Returns when the last look read the faults; null before the first. One that a clock ahead dates later does not count. */
  lastMs(nowMs: number): number | null;
  /** Returns the look of a tree, or null. */
  ofTree(tree: string): StoredLook | null;
  /** Returns whether a look has this tree, and whether the tree is or was in the database. */
  hasTree(tree: string): boolean;
  /** Returns the public id of the tree's root task; null: it is gone or has ended. */
  rootOf(tree: string): string | null;
  list(limit: number): ImprovementLook[];
  /** Returns open proposals, and those decided since `sinceMs`, oldest first. */
  proposals(sinceMs: number): StoredLookProposal[];
  /** Returns how many proposals all looks made on this day (UTC), without the item `review`. */
  proposedToday(nowMs: number, review?: string): number;
  spentMicroUsd(nowMs: number): number;
}

interface Row {
  id: number;
  uid: string;
  cause: LookCause;
  by: string | null;
  atMs: number;
  kinds: string;
  tree: string | null;
  isOpened: number;
  note: string | null;
}

const FACT = "improvement";
const DAY_MS = 86_400_000;
/** Off until an admin decides: a look spends money, and shows the model quotations from all trees. */
const NEW: StoredSettings = { on: false, cap_usd: 1, hour: 3, sinceMs: 0 };

export function createLooks(sqlite: Sqlite, log: Writes): Looks {
  const run = lookStatements(sqlite);
  const facts = createFacts(sqlite);
  const settings = (): StoredSettings => ({ ...NEW, ...JSON.parse(facts.read(FACT) ?? "{}") });
  const current = () => stored(run.current.get() as Row | undefined);
  return {
    settings,
    setSettings: (change) =>
      log.write(({ nowMs }) => {
        const before = settings();
        const sinceMs = change.on && !before.on ? nowMs : before.sinceMs;
        const { sinceMs: _, ...shown } = { ...before, ...change };
        facts.write(FACT, JSON.stringify({ ...shown, sinceMs }));
        return shown;
      }),
    begin: (look) =>
      log.write(() => {
        if (current()) return false;
        run.insert.run({ ...look, kinds: JSON.stringify(look.kinds) });
        return true;
      }),
    opened: (uid) => log.write(() => void run.opened.run(uid)),
    closed: (uid, note) => log.write(() => void run.closed.run(note, uid)),
    current,
    lastMs: (nowMs) => run.lastMs.get(nowMs) as number | null,
    ofTree: (tree) => stored(run.ofTree.get(tree) as Row | undefined),
    hasTree: (tree) => run.hasTree.get(tree) !== undefined,
    rootOf: (tree) => (run.rootOf.get(tree) as string | undefined) ?? null,
    list: (limit) => (run.list.all(limit) as (Row & TreeFacts)[]).map((row) => shown(row, run.ofLook.all(row.id))),
    proposals: (sinceMs) => (run.proposals.all(sinceMs) as ProposalRow[]).map(readProposal),
    proposedToday: (nowMs, review = "") =>
      run.today.get({ from: dayStart(nowMs), until: dayStart(nowMs) + DAY_MS, review }) as number,
    spentMicroUsd: (nowMs) => run.spent.get({ person: REVIEWER, day: dayOf(nowMs) }) as number,
  };
}

const COLUMNS = `look.id, look.uid, look.cause, look.by, look.at_ms AS atMs, look.kinds, look.tree, look.is_opened AS isOpened, look.note`;

/** SQL for a proposal's state, also after its tree was deleted with the review item. */
const STATUS = "iif(review.id IS NULL, 'deleted', review.status) AS status";

function lookStatements(sqlite: Sqlite) {
  const proposals = `
    SELECT proposal.review, proposal.kind, proposal.name, proposal.base_version AS baseVersion, proposal.body, proposal.faults, ${STATUS},
      proposal.created_at_ms AS createdAtMs, coalesce(review.decided_at_ms, proposal.created_at_ms) AS decidedAtMs
    FROM improvement_proposals proposal LEFT JOIN reviews review ON review.uid = proposal.review`;
  return {
    insert: sqlite.prepare(`
      INSERT INTO improvement_looks (uid, cause, by, at_ms, kinds, tree, note)
      VALUES (@uid, @cause, @by, @atMs, @kinds, @tree, @note)`),
    opened: sqlite.prepare("UPDATE improvement_looks SET is_opened = 1 WHERE uid = ?"),
    closed: sqlite.prepare("UPDATE improvement_looks SET tree = NULL, note = ? WHERE uid = ?"),
    current: sqlite.prepare(`
      SELECT ${COLUMNS} FROM improvement_looks look LEFT JOIN trees ON trees.uid = look.tree
      WHERE look.tree IS NOT NULL AND (look.is_opened = 0 OR (trees.id IS NOT NULL AND trees.ended_at_ms IS NULL))
      ORDER BY look.id LIMIT 1`),
    lastMs: sqlite.prepare("SELECT max(at_ms) FROM improvement_looks WHERE at_ms <= ?").pluck(),
    ofTree: sqlite.prepare(`SELECT ${COLUMNS} FROM improvement_looks look WHERE look.tree = ?`),
    hasTree: sqlite.prepare("SELECT 1 FROM trees WHERE uid = ?"),
    rootOf: sqlite
      .prepare(
        "SELECT task.uid FROM trees tree JOIN tasks task ON task.id = tree.root_id WHERE tree.uid = ? AND tree.ended_at_ms IS NULL",
      )
      .pluck(),
    list: sqlite.prepare(`
      SELECT ${COLUMNS}, task.status, tree.micro_usd AS microUsd, tree.id IS NOT NULL AS isThere,
        (SELECT ${wholeBody()} FROM messages WHERE id = task.result_seq) AS ended
      FROM improvement_looks look LEFT JOIN trees tree ON tree.uid = look.tree LEFT JOIN tasks task ON task.id = tree.root_id
      ORDER BY look.id DESC LIMIT ?`),
    ofLook: sqlite.prepare(`${proposals} WHERE proposal.look_id = ? ORDER BY proposal.rowid`),
    proposals: sqlite.prepare(`
      ${proposals} WHERE review.status = 'open' OR coalesce(review.decided_at_ms, proposal.created_at_ms) >= ? ORDER BY proposal.rowid`),
    today: sqlite
      .prepare(
        "SELECT count(*) FROM improvement_proposals WHERE created_at_ms >= @from AND created_at_ms < @until AND review <> @review",
      )
      .pluck(),
    spent: sqlite
      .prepare("SELECT coalesce(sum(micro_usd), 0) FROM daily_spend WHERE person = @person AND day = @day")
      .pluck(),
  };
}

function dayStart(nowMs: number): number {
  return Date.parse(dayOf(nowMs));
}

/** Stores proposals of a look beside their review items, in the transaction of the record that makes them. */
export function createLookWriter(sqlite: Sqlite) {
  const insert = sqlite.prepare(`
    INSERT INTO improvement_proposals (review, look_id, kind, name, base_version, body, faults, created_at_ms)
    SELECT review.uid, look.id, proposal.kind, proposal.name, proposal.base_version, proposal.body, @faults, @nowMs
    FROM reviews review JOIN proposals proposal ON proposal.review_id = review.id
    JOIN trees tree ON tree.id = review.tree_id JOIN improvement_looks look ON look.tree = tree.uid
    WHERE review.uid = @review ON CONFLICT DO NOTHING`);
  return {
    insert(review: string, faults: readonly string[], nowMs: number): void {
      insert.run({ review, nowMs, faults: JSON.stringify(faults) });
    },
  };
}

type ProposalRow = Omit<StoredLookProposal, "body" | "faults"> & { body: string; faults: string };
interface TreeFacts {
  status: string | null;
  microUsd: number | null;
  isThere: number;
  ended: string | null;
}

function stored(row: Row | undefined): StoredLook | null {
  if (!row) return null;
  const { id: _, kinds, isOpened, ...look } = row;
  return { ...look, kinds: JSON.parse(kinds) as FaultKind[], isOpened: isOpened === 1 };
}

function readProposal({ body, faults, ...row }: ProposalRow): StoredLookProposal {
  return { ...row, body: JSON.parse(body) as unknown, faults: JSON.parse(faults) as string[] };
}

function shown(row: Row & TreeFacts, proposals: unknown[]): ImprovementLook {
  const { uid, cause, by, atMs, kinds, tree, isThere, microUsd, note, ended } = row;
  const { result = null, detail = null } = ended ? (JSON.parse(ended) as { result?: string; detail?: string }) : {};
  return {
    id: uid,
    cause,
    by,
    at: iso(atMs),
    faults: JSON.parse(kinds) as FaultKind[],
    tree: isThere === 1 ? tree : null,
    status: statusOf(row),
    note: note ?? detail ?? result,
    spent_usd: (microUsd ?? 0) / 1_000_000,
    proposals: (proposals as ProposalRow[]).map(readProposal).map(({ review, kind, name, status, faults }) => {
      return { review, kind, name, status, faults };
    }),
  };
}

function statusOf({ tree, isThere, isOpened, status }: Row & TreeFacts): ImprovementLook["status"] {
  if (tree === null || (isThere === 0 && isOpened === 1)) return "none";
  return status === "succeeded" || status === "failed" || status === "stopped" ? status : "running";
}
