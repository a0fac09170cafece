/** The review agent's looks at flags: which flags it was given, in which trees, and what it found. */
import { COMMENT_ACTION, createAuditWriter } from "@/db/audit/audit";
import { wholeBody } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import type { Writes } from "@/db/file/writes";
import { MOST_COMMENT_CHARACTERS } from "@/db/reviews/comments";
import { REVIEWER } from "./looks";

/** The name under which the daily spend counts the looks at flags. It is no person. */
export const FLAG_REVIEWER = "review_agent for flags";

export interface WaitingFlag {
  review: string;
  title: string;
  detail: string;
  evidence: string | null;
  /** The task that raised it. */
  task: string;
  agent: string;
  taskTitle: string;
}

/** The tree in which flags were raised, as far as a look at them needs it. */
export interface FlaggedTree {
  uid: string;
  title: string;
  /** The newest snapshot of its folder; null: there is none. */
  snapshot: string | null;
  rootId: number;
}

export interface FlagLook {
  /** Public id of the look's own tree. */
  tree: string;
  /** Public id of the tree in which the flags were raised. */
  about: string;
  isOpened: boolean;
  /** Public ids of the flags. */
  reviews: string[];
}

/** How the tree of a look stands; `gone`: it was deleted. */
export type FlagLookEnd =
  | { status: "open" | "gone"; result: null }
  | { status: "succeeded" | "failed" | "stopped"; result: string | null };

export interface FlagLooks {
  /** Returns the oldest flags since `sinceMs` that no look has had, all of one tree; empty when there are none. */
  waiting(sinceMs: number, most: number): { about: string; flags: WaitingFlag[] };
  /** Stores a look, unless another one is going on or has one of these flags. Resolves with whether it was stored. */
  begin(look: { tree: string; about: string; reviews: string[] }): Promise<boolean>;
  /** Returns the look whose findings are not beside its flags yet, or null. */
  current(): FlagLook | null;
  /** Returns the flags of a look as far as they are still there. */
  flagsOf(tree: string): WaitingFlag[];
  treeOf(about: string): FlaggedTree | null;
  hasTree(tree: string): boolean;
  /** Its tree is there now. */
  opened(tree: string): Promise<void>;
  /** Returns how the tree stands. */
  endOf(tree: string): FlagLookEnd;
  /** Puts texts beside the flags that are still there, and ends the look, once. */
  tell(tree: string, texts: ReadonlyMap<string, string>): Promise<void>;
}

export function createFlagLooks(sqlite: Sqlite, log: Writes): FlagLooks {
  const run = flagLookStatements(sqlite);
  const audit = createAuditWriter(sqlite);
  const current = (): FlagLook | null => {
    const first = run.current.get() as { tree: string; about: string; isOpened: number } | undefined;
    if (!first) return null;
    return { ...first, isOpened: first.isOpened === 1, reviews: run.reviewsOf.all(first.tree) as string[] };
  };
  return {
    waiting(sinceMs, most) {
      const about = run.oldest.get({ sinceMs, reviewer: REVIEWER }) as string | undefined;
      if (about === undefined) return { about: "", flags: [] };
      return { about, flags: run.waiting.all({ sinceMs, reviewer: REVIEWER, about, most }) as WaitingFlag[] };
    },
    begin: ({ tree, about, reviews }) =>
      log.write(() => {
        if (current() || reviews.some((review) => run.isTaken.get(review) !== undefined)) return false;
        for (const review of reviews) run.insert.run({ tree, about, review });
        return true;
      }),
    current,
    flagsOf: (tree) => run.flagsOf.all(tree) as WaitingFlag[],
    treeOf: (about) => (run.treeOf.get(about) as FlaggedTree | undefined) ?? null,
    hasTree: (tree) => run.hasTree.get(tree) !== undefined,
    opened: (tree) => log.write(() => void run.opened.run(tree)),
    endOf: (tree) => endOf(run, tree),
    tell: (tree, texts) =>
      log.write(({ nowMs, touch }) => {
        if (run.told.run(tree).changes === 0) return;
        for (const [review, text] of texts) {
          const place = run.placeOf.get(review) as { id: number; uid: string; task: string } | undefined;
          if (!place) continue;
          const detail = text.slice(0, MOST_COMMENT_CHARACTERS);
          audit.insert({ actor: REVIEWER, action: COMMENT_ACTION, subject: review, tree: place.uid, detail }, nowMs);
          touch({ id: place.id, uid: place.uid }, place.task);
        }
      }),
  };
}

function endOf(run: ReturnType<typeof flagLookStatements>, tree: string): FlagLookEnd {
  const found = run.end.get(tree) as
    | { status: string; isEnded: number; ended: string | null; detail: string | null }
    | undefined;
  if (!found) return { status: "gone", result: null };
  const { status, isEnded, ended, detail } = found;
  if (isEnded === 0) return { status: "open", result: null };
  const { result = null } = ended ? (JSON.parse(ended) as { result?: string }) : {};
  if (status === "succeeded") return { status, result };
  return { status: status === "stopped" ? "stopped" : "failed", result: detail ?? result };
}

/** SQL for open flags of people's trees that no look has had. The review agent's own flags start no look. */
const WAITING = `
  FROM reviews review JOIN trees tree ON tree.id = review.tree_id JOIN tasks task ON task.id = review.task_id
  WHERE review.kind = 'flag' AND review.status = 'open' AND review.created_at_ms >= @sinceMs AND review.seq > 0
    AND tree.is_system = 0 AND task.agent <> @reviewer
    AND NOT EXISTS (SELECT 1 FROM flag_looks look WHERE look.review = review.uid)`;

const FLAG = `review.uid AS review, review.title, review.detail, review.evidence, task.uid AS task, task.agent,
  task.title AS taskTitle`;

function flagLookStatements(sqlite: Sqlite) {
  return {
    oldest: sqlite.prepare(`SELECT tree.uid ${WAITING} ORDER BY review.id LIMIT 1`).pluck(),
    waiting: sqlite.prepare(`SELECT ${FLAG} ${WAITING} AND tree.uid = @about ORDER BY review.id LIMIT @most`),
    isTaken: sqlite.prepare("SELECT 1 FROM flag_looks WHERE review = ?"),
    insert: sqlite.prepare("INSERT INTO flag_looks (review, tree, about) VALUES (@review, @tree, @about)"),
    current: sqlite.prepare(
      "SELECT tree, about, is_opened AS isOpened FROM flag_looks WHERE is_told = 0 ORDER BY rowid LIMIT 1",
    ),
    reviewsOf: sqlite.prepare("SELECT review FROM flag_looks WHERE tree = ? ORDER BY rowid").pluck(),
    flagsOf: sqlite.prepare(`
      SELECT ${FLAG} FROM flag_looks look JOIN reviews review ON review.uid = look.review
      JOIN tasks task ON task.id = review.task_id WHERE look.tree = ? ORDER BY review.id`),
    treeOf: sqlite.prepare("SELECT uid, title, snapshot, root_id AS rootId FROM trees WHERE uid = ?"),
    hasTree: sqlite.prepare("SELECT 1 FROM trees WHERE uid = ?"),
    opened: sqlite.prepare("UPDATE flag_looks SET is_opened = 1 WHERE tree = ?"),
    told: sqlite.prepare("UPDATE flag_looks SET is_told = 1 WHERE tree = ? AND is_told = 0"),
    placeOf: sqlite.prepare(`
      SELECT tree.id, tree.uid, task.uid AS task FROM reviews review
      JOIN trees tree ON tree.id = review.tree_id JOIN tasks task ON task.id = review.task_id WHERE review.uid = ?`),
    end: sqlite.prepare(`
      SELECT task.status, tree.ended_at_ms IS NOT NULL AS isEnded, task.detail,
        (SELECT ${wholeBody()} FROM messages WHERE id = task.result_seq) AS ended
      FROM trees tree JOIN tasks task ON task.id = tree.root_id WHERE tree.uid = ?`),
  };
}
