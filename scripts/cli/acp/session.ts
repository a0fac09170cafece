/** A session of an editor: the tree that it works on, the prompts that wait for its end, and what the editor was told. */
import type { AgentContext, SessionUpdate, StopReason } from "@agentclientprotocol/sdk";
import type { Submission } from "@/core/shapes/submission";
import type { Api } from "./api";
import type { Feed } from "./feed";
import type { KeptSession, SentPrompt, SessionFiles } from "./session-files";
import { emptyView, thought, type View } from "./view";

/** What all sessions of one editor share. */
export interface Editor {
  api: Api;
  files: SessionFiles;
  client: AgentContext;
  /** Whether it can ask its person for a text. */
  hasForms: boolean;
  /** Returns how a tree in this folder is submitted, without its task. */
  submissionIn(cwd: string): Omit<Submission, "task">;
  sessions: Map<string, Session>;
}

/** A prompt that the editor waits for. */
export interface Waiter {
  prompt: SentPrompt;
  isCancelled: boolean;
  end(reason: StopReason): void;
}

export interface Session {
  kept: KeptSession;
  view: View;
  /** `seq` of the last message that was sent to the editor, as text. */
  cursor: string;
  feed: Feed | null;
  waiters: Set<Waiter>;
  /** Questions and approvals that a person is being asked, by the id of the review item. */
  asks: Map<string, AbortController>;
  /** The question that the next prompt answers. */
  reply: string | null;
  isCancelled: boolean;
  /** The last reason for a standstill that the person was given. */
  rest: "paused" | "parked" | null;
  /** MCP servers of the editor, until the person was told that they are not used. */
  unusedServers: number;
}

export function newSession(kept: KeptSession): Session {
  return {
    kept,
    view: emptyView(),
    cursor: "",
    feed: null,
    waiters: new Set(),
    asks: new Map(),
    reply: null,
    isCancelled: false,
    rest: null,
    unusedServers: 0,
  };
}

export function tell(editor: Editor, session: Session, update: SessionUpdate): void {
  // The editor may have gone; the tree continues without it.
  void editor.client.notify("session/update", { sessionId: session.kept.id, update }).catch(() => undefined);
}

export function note(editor: Editor, session: Session, sentence: string): void {
  tell(editor, session, thought(sentence));
}

export function save(editor: Editor, session: Session): void {
  session.kept.updatedAt = new Date().toISOString();
  editor.files.write(session.kept);
}

export function endTurns(session: Session, reason: StopReason): void {
  for (const waiter of session.waiters) waiter.end(waiter.isCancelled ? "cancelled" : reason);
  session.waiters.clear();
}

export function stopAsking(session: Session): void {
  for (const ask of session.asks.values()) ask.abort();
  session.asks.clear();
  session.reply = null;
}
