/**
 * Checks an archive's data about one tree before anything is written: its log must describe an ended tree, and only
 * that tree.
 */
import { inflateRawSync } from "node:zlib";
import { type ArchivedRow, endingSchema, type RowOf } from "@/core/archive/rows";
import { fold } from "@/core/evolve";
import { BrokenLogError } from "@/core/log/broken-log";
import type { Entry } from "@/core/log/entries";
import type { TaskState } from "@/core/state";
import type { Blob } from "@/db/file/bodies";
import { decodeEntry } from "@/db/file/rows";
import { derivedTree, type Ending, type FoldedTask } from "@/db/records/derive";

/** A tree of an archive. `contents` are by the hash of what they unpack to. */
export interface ReadTree {
  /** Of all its rows. */
  hash: string;
  rows: readonly ArchivedRow[];
  contents: ReadonlyMap<string, Blob>;
}

/** A task with what its log says; the `seq` of an ending is the number of its message in the tree. */
export interface ReadTask extends FoldedTask {
  row: RowOf<"task">;
}

export interface CheckedTree {
  hash: string;
  tree: RowOf<"tree">;
  tasks: ReadTask[];
  messages: RowOf<"message">[];
  contents: ReadonlyMap<string, Blob>;
  others: readonly ArchivedRow[];
  totals: ReturnType<typeof derivedTree>;
}

/** Thrown for an archive whose data no tree can have; the message is part of a sentence. */
export class ArchiveError extends Error {
  override name = "ArchiveError";
}

export function checkTree({ hash, rows, contents }: ReadTree): CheckedTree {
  const of = <Kind extends ArchivedRow["row"]>(kind: Kind) =>
    rows.filter((row): row is RowOf<Kind> => row.row === kind);
  const [tree, second] = of("tree");
  if (!tree || second) throw new ArchiveError("a tree has not exactly one row");
  const messages = of("message");
  const tasks = checkTasks(of("task"), messages, contents);
  const known = new Set(tasks.map(({ uid }) => uid));
  for (const row of rows) checkNames(row, known, contents);
  const roots = tasks.filter(({ row }) => row.parent === null);
  if (roots.length !== 1 || roots[0]?.uid !== tree.root) throw new ArchiveError("a tree has not exactly one root");
  if (of("verdict").length > 1) throw new ArchiveError("a tree has two verdicts of a person");
  for (const { message } of of("review"))
    if (message !== null && (message < 1 || message > messages.length))
      throw new ArchiveError("an item names a message that is not there");
  const others = rows.filter(({ row }) => row !== "tree" && row !== "task" && row !== "message");
  const totals = derivedTree(tasks);
  if (totals.endedAtMs === null) throw new ArchiveError("it holds a tree that has not ended");
  return { hash, tree, tasks, messages, contents, others, totals };
}

function checkTasks(
  rows: RowOf<"task">[],
  messages: RowOf<"message">[],
  contents: ReadonlyMap<string, Blob>,
): ReadTask[] {
  const logs = new Map<string, { entries: Entry[]; endings: Ending[] }>();
  const before = new Set<string>();
  for (const { id, parent } of rows) {
    if (before.has(id) || (parent !== null && !before.has(parent)))
      throw new ArchiveError("a task is there twice, or before the task above it");
    before.add(id);
    logs.set(id, { entries: [], endings: [] });
  }
  for (const [index, message] of messages.entries()) {
    const log = logs.get(message.task);
    if (!log) throw new ArchiveError("a message belongs to no task of its tree");
    const entry = entryOf(message, contents);
    log.entries.push(entry);
    if (entry.kind === "event" && entry.content.type === "ended") {
      const ending = endingSchema.safeParse(entry.content);
      if (!ending.success) throw new ArchiveError("a task has an end that no task can have");
      log.endings.push({ seq: index + 1, atMs: message.at_ms, ...ending.data });
    }
  }
  return rows.map((row) => {
    const { entries, endings } = logs.get(row.id) ?? { entries: [], endings: [] };
    const state = folded(entries);
    if (state.ended === null) throw new ArchiveError("it holds a tree that has not ended");
    for (const dependency of state.assignment.dependsOn)
      if (!before.has(dependency)) throw new ArchiveError("a task waits for a task that is not there");
    return { row, id: 0, uid: row.id, role: state.assignment.role, state, endings };
  });
}

function entryOf({ turn, kind, tool, call, body, content }: RowOf<"message">, contents: ReadonlyMap<string, Blob>) {
  const blob = content === null ? undefined : contents.get(content);
  if ((body === null) === (content === null) || (content !== null && !blob))
    throw new ArchiveError("a message has no text, or two");
  const text = body ?? inflateRawSync((blob as Blob).data).toString();
  return readLog(() => decodeEntry({ turn, kind, tool, callId: call, body: text }));
}

function folded(entries: Entry[]): TaskState {
  const state = readLog(() => fold(entries));
  const { role, purpose, title, depth, dependsOn } = state.assignment;
  const isPlain =
    (role === "work" || role === "finishing") &&
    (purpose === null || ["evaluate", "summarize", "document"].includes(purpose)) &&
    typeof title === "string" &&
    Number.isSafeInteger(depth) &&
    Array.isArray(dependsOn) &&
    typeof state.setup.agent === "string" &&
    typeof state.setup.model === "string";
  if (!isPlain) throw new ArchiveError("the beginning of a log cannot be read");
  return state;
}

function readLog<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof BrokenLogError)
      throw new ArchiveError(`a log cannot be read (${error.message.slice(0, 200)})`);
    throw error;
  }
}

/** Refuses a row that names a task or a content that is not in the archive. */
function checkNames(row: ArchivedRow, known: ReadonlySet<string>, contents: ReadonlyMap<string, Blob>): void {
  if ("task" in row && !known.has(row.task)) throw new ArchiveError("a row belongs to no task of its tree");
  if (row.row === "review") {
    if (row.addressee !== null && !known.has(row.addressee))
      throw new ArchiveError("an item asks a task that is not there");
    if (row.facts !== null && !isObject(row.facts)) throw new ArchiveError("an item has facts that cannot be read");
  }
  if ((row.row === "output" || row.row === "attachment") && !contents.has(row.content))
    throw new ArchiveError("an output is not there");
}

function isObject(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
