/**
 * The state of one tree in the browser, reduced from batches. Batches may arrive twice or late, so messages are only
 * accepted if they continue the cursor, and rows only if they are newer than the rows held.
 */
import type { DraftFrame, Message, Review, Task, Tree } from "@/core/shapes/shapes";
import type { TreeBatch } from "@/core/shapes/wire";
import { addLive, addPage, EMPTY_WINDOW, type LogPage, type LogWindow, seekIn } from "./log-window";

/** The state of a tree, with a window of the open task's log. */
export interface TreeFeed extends LogWindow {
  tree: Tree;
  /** In order of creation. */
  tasks: ReadonlyMap<string, Task>;
  reviews: Review[];
  /** `seq` of the last received message of the tree, as text; "" before the first. */
  cursor: string;
  /** The task whose log is kept. A whole tree's log would be too large for a page. */
  openTaskId: string | null;
  draft: Draft | null;
  /** Latest progress of a running call of the open task, as its tool reported it. */
  progress: Progress | null;
  marks: { rows: number; tasks: Map<string, number> };
}

export interface Progress {
  /** Key of the call's entry in the log. */
  key: string;
  line: string;
}

export interface Draft {
  taskId: string;
  lease: number;
  turn: number;
  /** Offset of `text` in the turn; above 0 if the page was opened during the turn. */
  start: number;
  text: string;
}

export type FeedEvent =
  /** A new connection. Marks are reset, because they can only be compared within one connection. */
  | { type: "joined" }
  | { type: "batch"; batch: TreeBatch }
  | { type: "draft"; frame: DraftFrame }
  | { type: "opened"; taskId: string | null }
  | { type: "log"; taskId: string; page: LogPage }
  | { type: "seek"; taskId: string; to: "latest" | "around" }
  | { type: "following"; isFollowing: boolean };

export function startFeed(tree: Tree, reviews: Review[], cursor: string, openTaskId: string | null): TreeFeed {
  return {
    tree,
    tasks: new Map(tree.tasks.map((task) => [task.id, task])),
    reviews,
    cursor,
    openTaskId,
    ...EMPTY_WINDOW,
    draft: null,
    progress: null,
    marks: { rows: 0, tasks: new Map() },
  };
}

export function reduceFeed(state: TreeFeed, event: FeedEvent): TreeFeed {
  switch (event.type) {
    case "joined":
      return { ...state, marks: { rows: 0, tasks: new Map() } };
    case "batch":
      return applyBatch(state, event.batch);
    case "draft":
      return applyDraft(state, event.frame);
    case "opened":
      if (event.taskId === state.openTaskId) return state;
      return { ...state, ...EMPTY_WINDOW, openTaskId: event.taskId, draft: null, progress: null };
    case "log":
      return applyLog(state, event);
    case "seek":
      return event.taskId === state.openTaskId ? { ...state, ...seekIn(state, event.to) } : state;
    case "following":
      return state.isFollowing === event.isFollowing ? state : { ...state, isFollowing: event.isFollowing };
  }
}

function applyBatch(state: TreeFeed, batch: TreeBatch): TreeFeed {
  if (batch.treeId !== state.tree.id) return state;
  const withRows = applyRows(state, batch);
  // A batch that starts after the cursor would leave a gap. Its messages are sent again after the next join.
  const continues = Number(batch.after) <= Number(state.cursor) && Number(batch.cursor) > Number(state.cursor);
  if (!continues) return withRows;
  const fresh = batch.messages.filter((one) => one.seq > Number(state.cursor));
  const ofOpenTask = fresh.filter((one) => one.task_id === state.openTaskId);
  return {
    ...withRows,
    ...addLive(withRows, ofOpenTask),
    cursor: batch.cursor,
    draft: isCommitted(state.draft, fresh) ? null : state.draft,
  };
}

function applyRows(state: TreeFeed, batch: TreeBatch): TreeFeed {
  const marks = { ...state.marks };
  const newer = batch.tasks.filter((task) => (marks.tasks.get(task.id) ?? 0) < batch.mark);
  let { tasks } = state;
  if (newer.length > 0) {
    const next = new Map(tasks);
    tasks = next;
    marks.tasks = new Map(marks.tasks);
    for (const task of newer) {
      next.set(task.id, task);
      marks.tasks.set(task.id, batch.mark);
    }
  }
  if (batch.mark <= marks.rows) return { ...state, tasks, marks };
  marks.rows = batch.mark;
  return { ...state, tasks, tree: batch.tree, reviews: batch.reviews ?? state.reviews, marks };
}

function applyLog(state: TreeFeed, { taskId, page }: Extract<FeedEvent, { type: "log" }>): TreeFeed {
  if (taskId !== state.openTaskId) return state;
  const draft = isCommitted(state.draft, page.messages) ? null : state.draft;
  return { ...state, ...addPage(state, page), draft };
}

function applyDraft(state: TreeFeed, frame: DraftFrame): TreeFeed {
  if (frame.task_id !== state.openTaskId) return state;
  if (frame.progress)
    return { ...state, progress: { key: `${frame.turn}:${frame.progress.call}`, line: frame.progress.line } };
  if (state.repliedTurn >= frame.turn) return state;
  const { draft } = state;
  const fresh = { taskId: frame.task_id, lease: frame.lease, turn: frame.turn, start: frame.offset, text: frame.text };
  if (!draft || frame.lease > draft.lease || (frame.lease === draft.lease && frame.turn > draft.turn)) {
    return { ...state, draft: fresh };
  }
  if (frame.lease < draft.lease || frame.turn < draft.turn) return state;
  const end = draft.start + draft.text.length;
  // Frames may get lost. Then the draft starts again at this frame.
  if (frame.offset > end) return { ...state, draft: fresh };
  const known = end - frame.offset;
  if (known >= frame.text.length) return state;
  return { ...state, draft: { ...draft, text: draft.text + frame.text.slice(known) } };
}

function isCommitted(draft: Draft | null, messages: Message[]): boolean {
  return messages.some(
    (one) => one.kind === "agent_response" && one.task_id === draft?.taskId && one.turn >= draft.turn,
  );
}
