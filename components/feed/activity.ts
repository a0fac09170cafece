/** What the open task does now, in the browser: joined from frames, until the log holds the outcome. Pure. */
import type { ActivityFrame, Channel, Piece } from "@/core/shapes/live";

export interface Draft {
  taskId: string;
  number: number;
  turn: number;
  since: string;
  reasoning: Piece;
  text: Piece;
}

export interface RunningCall {
  /** Key of the call's entry in the log. */
  key: string;
  number: number;
  since: string;
  /** The latest progress, as the tool reported it. */
  line: string | null;
  /** The end of what its command has printed. */
  output: Piece;
}

const NOTHING: Piece = { start: 0, text: "" };

/** Returns the draft after the frame; null when the reply broke off. */
export function draftAfter(draft: Draft | null, frame: ActivityFrame): Draft | null {
  if (frame.lost) return draft?.number === frame.number ? null : draft;
  const { task_id: taskId, number, turn, since } = frame;
  if (draft && draft.number > number) return draft;
  const held = draft?.number === number ? draft : { reasoning: NOTHING, text: NOTHING };
  const joined = (channel: Channel & keyof typeof held) => pieceAfter(held[channel], frame.channels[channel]);
  return { taskId, number, turn, since, reasoning: joined("reasoning"), text: joined("text") };
}

/** Returns the running call after the frame. */
export function runningAfter(running: RunningCall | null, frame: ActivityFrame): RunningCall | null {
  const { number, since, line } = frame;
  if (!frame.call || (running && running.number > number)) return running;
  const held = running?.number === number ? running.output : NOTHING;
  return {
    key: `${frame.turn}:${frame.call.id}`,
    number,
    since,
    line,
    output: pieceAfter(held, frame.channels.output),
  };
}

/** The most characters held of a channel, like on the server. */
const MOST_HELD = 400_000;

/** Joins a piece to the text that is held. After a gap, the text begins anew at the piece. */
function pieceAfter(held: Piece, piece: Piece | undefined): Piece {
  if (!piece) return held;
  const end = held.start + held.text.length;
  if (piece.start > end || piece.start < held.start) return piece;
  const text = held.text + piece.text.slice(end - piece.start);
  if (text.length <= 2 * MOST_HELD) return { start: held.start, text };
  const cut = text.length - MOST_HELD;
  return { start: held.start + cut, text: text.slice(cut) };
}

/** Returns the last lines of the text, and whether there are lines before them. */
export function lastLines({ start, text }: Piece, count: number): { text: string; isCut: boolean } {
  let end = text.length;
  while (text[end - 1] === "\n") end -= 1;
  const lines = text.slice(0, end).split("\n");
  return { text: lines.slice(-count).join("\n"), isCut: start > 0 || lines.length > count };
}
