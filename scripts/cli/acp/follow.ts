/** Follows the tree of a session: tells the editor what is new, asks its person, and ends the turn with the tree. */
import type { StopReason } from "@agentclientprotocol/sdk";
import type { Task, Tree } from "@/core/shapes/shapes";
import { startCommand } from "@/lib/places";
import { askOpen } from "./asks";
import { openFeed } from "./feed";
import { type Editor, endTurns, note, type Session, stopAsking, tell } from "./session";
import { take } from "./view";

const LOST = `The connection to Banyan is lost. Its work waits on disk; this turn continues when the server is back (${startCommand()}).`;

/** Begins to follow, with the tree as it is now. It replaces what was known of the tree before. */
export function follow(editor: Editor, session: Session): void {
  session.feed?.close();
  session.view.tree = null;
  const { tree } = session.kept;
  if (tree === null) return;
  session.feed = openFeed({
    find: editor.api.find,
    treeId: tree,
    cursor: session.cursor,
    onBatch(batch) {
      session.cursor = batch.cursor;
      for (const update of take(session.view, batch)) tell(editor, session, update);
      noteRest(editor, session, batch.tree);
      if (!session.isCancelled) askOpen(editor, session, () => settle(session));
      settle(session);
    },
    onLost() {
      // Nothing more can be sent for a turn that the person has cancelled.
      if (session.isCancelled) endTurns(session, "cancelled");
      else note(editor, session, LOST);
    },
    onGone(problem) {
      note(editor, session, problem);
      endTurns(session, session.isCancelled ? "cancelled" : "end_turn");
    },
  });
}

/** Says once why nothing happens, when the tree is paused or its model is missing. */
function noteRest(editor: Editor, session: Session, { status, headline }: Tree): void {
  const isResting = status === "paused" || status === "parked";
  if (isResting && session.rest !== status) note(editor, session, `The tree is ${status}. ${headline}`.trim());
  session.rest = isResting ? status : null;
}

/** Ends the turn when the tree has ended, or when it waits for the person's next message. */
export function settle(session: Session): void {
  const { tree, tasks, hasEnded, reviews } = session.view;
  if (!tree) return;
  if (tree.ended_at !== null) {
    if (!hasEnded) return;
    session.feed?.close();
    stopAsking(session);
    endTurns(session, session.isCancelled ? "cancelled" : stopReasonOf(tree, tasks.get(tree.root_task_id)));
    return;
  }
  const isAsked = session.reply !== null && reviews.some(({ id }) => id === session.reply);
  if (isAsked && tree.status === "waiting") endTurns(session, "end_turn");
}

function stopReasonOf(tree: Tree, root: Task | undefined): StopReason {
  switch (root?.reason ?? tree.reason) {
    case "refused":
      return "refusal";
    case "out_of_grant":
      return "max_tokens";
    case "runaway":
    case "out_of_iterations":
      return "max_turn_requests";
    default:
      return "end_turn";
  }
}
