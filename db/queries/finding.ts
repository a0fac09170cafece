/** Finds trees and tasks by words of their titles, for the command palette. */
import type { FoundTask, FoundTree } from "@/core/shapes/search";
import { withoutDisguise } from "@/core/words/visible";
import { addAnyCase, inAnyCase, isPlain } from "@/db/file/any-case";
import type { Sqlite } from "@/db/file/client";
import { iso } from "@/db/file/iso";
import { HALTED } from "@/db/records/halt";
import { TREE_STATUS } from "./tree-list";

export interface FindingQueries {
  /**
   * Returns trees whose title contains every word, or whose id begins with the text; first titles with the text as whole
   * words, then those that begin with it, then the newest. Without words the trees that changed last.
   */
  trees(text: string, limit: number): FoundTree[];
  /** Returns the trees with these ids that exist, in the given order. */
  treesOf(ids: readonly string[]): FoundTree[];
  /** Returns subtasks, found and sorted like trees. Without words it returns none. */
  tasks(text: string, limit: number): FoundTask[];
}

/** More words do not make a search more exact. */
const MOST_WORDS = 8;

const TASK_STATUS = `CASE WHEN task.holds + ${HALTED} > 0 AND task.ended_at_ms IS NULL THEN 'paused' ELSE task.status END`;

const titleOf = (table: string) => inAnyCase(`${table}.title`);

/** Returns the condition that all words are in the title of `table`, or that its id begins with the whole text. */
const matches = (table: string) => `(${table}.uid LIKE @start ESCAPE '\\' OR NOT EXISTS (
  SELECT 1 FROM json_each(@words) AS word WHERE ${titleOf(table)} NOT LIKE word.value ESCAPE '\\'))`;

/** Returns the condition that the title has the text as whole words: “root.9” is in “Test root.9” and not in “root.90”. */
const isWhole = (table: string) => `(' ' || ${titleOf(table)} || ' ') GLOB @whole`;

export function createFindingQueries(sqlite: Sqlite): FindingQueries {
  addAnyCase(sqlite);
  const columns = `tree.uid AS id, tree.title, ${TREE_STATUS} AS status, tree.created_at_ms AS createdAtMs
    FROM trees tree JOIN tasks root ON root.id = tree.root_id`;
  const named = sqlite.prepare(
    `SELECT ${columns} JOIN json_each(?) AS given ON given.value = tree.uid ORDER BY given.key`,
  );
  const trees = sqlite.prepare(`
    SELECT ${columns}
    WHERE tree.is_system = 0 AND ${matches("tree")}
    ORDER BY ${isWhole("tree")} DESC, ${titleOf("tree")} LIKE @start ESCAPE '\\' DESC, tree.id DESC LIMIT @limit`);
  // An open tree changes now, and an ended one changed when it ended.
  const changed = sqlite.prepare(`
    SELECT ${columns}
    WHERE tree.is_system = 0
    ORDER BY root.ended_at_ms IS NULL DESC, root.ended_at_ms DESC, tree.id DESC LIMIT ?`);
  const tasks = sqlite.prepare(`
    SELECT task.uid AS id, tree.uid AS tree_id, task.title, tree.title AS tree, task.agent, ${TASK_STATUS} AS status
    FROM tasks task JOIN trees tree ON tree.id = task.tree_id
    WHERE task.id <> tree.root_id AND task.role = 'work' AND tree.is_system = 0 AND ${matches("task")}
    ORDER BY ${isWhole("task")} DESC, ${titleOf("task")} LIKE @start ESCAPE '\\' DESC, task.id DESC LIMIT @limit`);
  return {
    trees: (text, limit) =>
      ((text.trim() ? trees.all(parametersOf(text, limit)) : changed.all(limit)) as TreeRow[]).map(treeShape),
    treesOf: (ids) => (ids.length === 0 ? [] : (named.all(JSON.stringify(ids)) as TreeRow[]).map(treeShape)),
    tasks: (text, limit) => (text.trim() ? (tasks.all(parametersOf(text, limit)) as FoundTask[]).map(taskShape) : []),
  };
}

type TreeRow = Omit<FoundTree, "created_at"> & { createdAtMs: number };

function treeShape({ createdAtMs, ...row }: TreeRow): FoundTree {
  return { ...row, title: withoutDisguise(row.title), created_at: iso(createdAtMs) };
}

function taskShape(row: FoundTask): FoundTask {
  return { ...row, title: withoutDisguise(row.title), tree: withoutDisguise(row.tree) };
}

function parametersOf(given: string, limit: number) {
  const text = given.trim().toLowerCase();
  const words = text.split(/\s+/).filter(Boolean).slice(0, MOST_WORDS);
  const whole = `*[^a-z0-9]${text.replace(/[*?[]/g, "[$&]")}[^a-z0-9]*`;
  const start = `${literal(text)}%`;
  return {
    words: JSON.stringify(words.map((word) => `%${literal(word)}%`)),
    start,
    whole,
    isPlain: isPlain(text),
    limit,
  };
}

const literal = (text: string) => text.replace(/[\\%_]/g, "\\$&");
