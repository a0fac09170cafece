/** One prompt: it starts the session's tree, continues or steers it, or answers its question; then the turn follows the tree. */
import { randomUUID } from "node:crypto";
import type { PromptResponse, StopReason } from "@agentclientprotocol/sdk";
import type { Continued } from "@/core/shapes/continuation";
import type { Tree } from "@/core/shapes/shapes";
import { RefusedError } from "./api";
import { follow, settle } from "./follow";
import { type Editor, endTurns, note, type Session, save, stopAsking, type Waiter } from "./session";
import type { SentPrompt } from "./session-files";
import { emptyView } from "./view";

const NO_SERVERS =
  "Banyan's agents use the tools and servers of Banyan (page Tools), so the servers that your editor passed on are not used.";
const KNOWN = "Banyan has this prompt already, so this turn follows what it began and starts nothing new.";
const STOPPED = "Cancelled in the editor.";

export async function prompt(editor: Editor, session: Session, text: string): Promise<PromptResponse> {
  session.isCancelled = false;
  const waiting = [...session.waiters].map((waiter) => waiter.prompt);
  // The editor was cut off before the answer, and sends it again.
  const again = session.kept.open.find((entry) => entry.text === text && !waiting.includes(entry));
  const sent = again ?? record(editor, session, text, waiting);
  if (again) note(editor, session, KNOWN);
  const { waiter, ended } = wait(session, sent);
  const delivering = sent.isAccepted ? Promise.resolve() : deliver(editor, session, sent);
  const stopReason = await Promise.race([
    ended,
    delivering.then(async () => {
      if (waiter.isCancelled) await stop(editor, session);
      else follow(editor, session);
      return ended;
    }),
  ]).finally(() => {
    session.waiters.delete(waiter);
    session.kept.open = session.kept.open.filter((entry) => entry !== sent);
    save(editor, session);
  });
  return { stopReason };
}

function wait(session: Session, sent: SentPrompt): { waiter: Waiter; ended: Promise<StopReason> } {
  let end: (reason: StopReason) => void = () => {};
  const ended = new Promise<StopReason>((resolve) => {
    end = resolve;
  });
  const waiter: Waiter = { prompt: sent, isCancelled: false, end };
  session.waiters.add(waiter);
  return { waiter, ended };
}

/** Writes down what the prompt will do, before doing it. */
function record(editor: Editor, session: Session, text: string, waiting: readonly SentPrompt[]): SentPrompt {
  const { kept, view, reply } = session;
  const isAnswer = reply !== null && view.reviews.some(({ id }) => id === reply);
  const where = isAnswer
    ? { path: `reviews/${reply}/answer`, body: { text } }
    : kept.tree === null
      ? { path: "trees", body: { task: text, ...editor.submissionIn(kept.cwd) } }
      : { path: `trees/${kept.tree}/continue`, body: { text } };
  kept.count += 1;
  const sent: SentPrompt = { number: kept.count, text, ...where, isAccepted: false };
  // The person sent a new prompt, so earlier prompts whose answers were lost will not come again.
  kept.open = [...kept.open.filter((entry) => waiting.includes(entry)), sent];
  save(editor, session);
  return sent;
}

/** Sends the prompt to the server, once. Throws RefusedError. */
export async function deliver(editor: Editor, session: Session, sent: SentPrompt): Promise<void> {
  const { kept, view } = session;
  view.own.add(sent.text);
  try {
    const answer = await editor.api.post<Tree | Continued>(sent.path, sent.body, `acp-${kept.id}-${sent.number}`);
    sent.isAccepted = true;
    if (sent.path === "trees") {
      const { id, title } = answer as Tree;
      Object.assign(kept, { tree: id, title });
      view.hasEnded = false;
    } else if (sent.path.startsWith("trees/")) goOn(editor, session, answer as Continued, sent);
    session.reply = null;
    save(editor, session);
  } catch (error) {
    view.own.delete(sent.text);
    // A refused prompt must not be sent again when the session is loaded.
    kept.open = kept.open.filter((entry) => entry !== sent || !(error instanceof RefusedError));
    save(editor, session);
    throw error;
  }
  if (session.unusedServers > 0) note(editor, session, NO_SERVERS);
  session.unusedServers = 0;
}

function goOn(editor: Editor, session: Session, { by, tree_id, sentence }: Continued, sent: SentPrompt): void {
  if (by !== "fork") {
    session.view.hasEnded = false;
    return;
  }
  session.kept.tree = tree_id;
  session.view = { ...emptyView(), own: new Set([sent.text]), isRepeating: true };
  session.cursor = "";
  note(editor, session, sentence);
}

/** Ends the turn. The tree is stopped, not paused: a paused one would keep the folder locked when the editor is closed. */
export async function cancel(editor: Editor, session: Session): Promise<void> {
  session.isCancelled = true;
  for (const waiter of session.waiters) waiter.isCancelled = true;
  stopAsking(session);
  if (session.kept.tree === null || session.feed?.isLost()) endTurns(session, "cancelled");
  if (session.kept.tree === null) return;
  await stop(editor, session);
  settle(session);
}

/** Stops the tree as it is now. A prompt under way may start it again, or another one: then the next stop is another request. */
async function stop(editor: Editor, session: Session): Promise<void> {
  const { tree } = session.kept;
  if (tree === null) return;
  await editor.api
    .post(`trees/${tree}/stop`, { reason: STOPPED }, `acp-stop-${randomUUID()}`)
    .catch((error: unknown) => {
      // The tree has ended already, or was deleted.
      if (!(error instanceof RefusedError)) throw error;
      endTurns(session, "cancelled");
    });
}
