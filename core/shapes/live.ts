/** What a task does right now. None of it is committed: the log later holds the reply or the response instead. */

export interface Activity {
  task_id: string;
  /** Greater for each later activity, also after a restart of the server. */
  number: number;
  turn: number;
  since: string;
  /** The call that runs; null while the model writes its reply. */
  call: { id: string; tool: string; about: string } | null;
  /** The latest progress of the call, as its tool reported it. */
  line: string | null;
}

/** The streams of an activity: what the model writes, and what the command of a call prints. */
export const CHANNELS = ["reasoning", "text", "output"] as const;
export type Channel = (typeof CHANNELS)[number];

/** A part of a channel: `text` begins at the character `start`. What came before may no longer be kept. */
export interface Piece {
  start: number;
  text: string;
}

/** An activity with the kept end of each channel that has text. */
export interface ActivityText extends Activity {
  channels: Partial<Record<Channel, Piece>>;
}

/** A frame on the socket with what is new of an activity. `lost`: the reply broke off, so its text is void. */
export type ActivityFrame = ActivityText & { lost: boolean };
