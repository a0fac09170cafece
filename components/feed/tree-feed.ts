/**
 * The state of one tree in the browser, reduced from batches. Batches may arrive twice or late, so messages are only
 * accepted if they continue the cursor, and rows only if they are newer than the rows held.
 */
import type { Activity, ActivityFrame } from "@/core/shapes/live";
import type { Message, Review, Task, Tree } from "@/core/shapes/shapes";
import type { TreeBatch } from "@/core/shapes/wire";
import { type Draft, draftAfter, type RunningCall, runningAfter } from "./activity";
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
  /** Counts the changes of the log that take long to render: pages of it, and many messages at once. */
  pages: number;
  /** The reply that the open task writes now. */
  draft: Draft | null;
  /** The call that the open task runs now. */
  running: RunningCall | null;
  /** What all tasks of the tree do now. */
  now: Activity[];
  marks: { rows: number; tasks: Map<string, number> };
}

/** Most turns bring fewer messages than this. */
const FEW = 12;

export type FeedEvent =
  /**
   * A new connection. Marks are reset, because they can only be compared within one connection. What still runs is sent
   * from its beginning, and what ended meanwhile is not mentioned.
   */
  | { type: "joined" }
  | { type: "batch"; batch: TreeBatch }
  | { type: "activity"; frame: ActivityFrame }
  | { type: "now"; running: Activity[] }
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
    pages: 0,
    draft: null,
    running: null,
    now: [],
    marks: { rows: 0, tasks: new Map() },
  };
}

export function reduceFeed(state: TreeFeed, event: FeedEvent): TreeFeed {
  switch (event.type) {
    case "joined":
      return { ...state, now: [], draft: null, running: null, marks: { rows: 0, tasks: new Map() } };
    case "batch":
      return applyBatch(state, event.batch);
    case "activity":
      return applyActivity(state, event.frame);
    case "now":
      return { ...state, now: event.running };
    case "opened":
      if (event.taskId === state.openTaskId) return state;
      return { ...state, ...EMPTY_WINDOW, openTaskId: event.taskId, draft: null, running: null };
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
    pages: state.pages + (ofOpenTask.length > FEW ? 1 : 0),
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
  return { ...state, ...addPage(state, page), pages: state.pages + 1, draft };
}

function applyActivity(state: TreeFeed, frame: ActivityFrame): TreeFeed {
  if (frame.task_id !== state.openTaskId) return state;
  if (frame.call) return { ...state, running: runningAfter(state.running, frame) };
  // A late frame of a reply that is committed.
  if (!frame.lost && state.repliedTurn >= frame.turn) return state;
  return { ...state, draft: draftAfter(state.draft, frame), running: null };
}

function isCommitted(draft: Draft | null, messages: Message[]): boolean {
  return messages.some(
    (one) => one.kind === "agent_response" && one.task_id === draft?.taskId && one.turn >= draft.turn,
  );
}
