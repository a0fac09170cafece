/** What the log holds of programs outside of Banyan that carry out a prompt, such as coding agents. */

/** A program outside of Banyan that carries out a prompt, such as a coding agent. */
export interface ExecutorStart {
  /** Its place among the programs of the call, from 0; absent: 0. */
  piece?: number;
  executor: string;
  version: string | null;
  session: string;
  /** Whether the session is an earlier one. */
  isLoaded: boolean;
  /** Hash of the prompt. */
  prompt: string;
}

/** A tool call of such a program, as it tells it itself: cut and redacted. */
export interface ExecutorCall {
  piece?: number;
  title: string;
  kind: string;
  status: string;
  files: string[];
  input?: string;
  diff?: string;
  output?: string;
}
