/** Why a server could not be used. `message` is one sentence for whoever meets it. */
export type McpFailureKind =
  /** The server cannot be started or reached, or ended on the way. */
  | "unavailable"
  /** What the server lists is not what was pinned: its call is not sent. */
  | "changed"
  | "cancelled"
  | "timeout"
  /** The server answered with an error of the protocol. */
  | "refused"
  /** The server broke a limit or the protocol, and was closed. */
  | "misbehaved"
  /** Somebody has to sign in at the server first. */
  | "needs_person"
  /** Too many connections or calls. */
  | "busy"
  /** What was asked for cannot be done with this configuration. */
  | "invalid";

export class McpFailure extends Error {
  override name = "McpFailure";
  constructor(
    readonly kind: McpFailureKind,
    message: string,
    /** The call had been handed to the server, so that it may have had its effect. */
    readonly mayHaveRun = false,
  ) {
    super(message);
  }
}

export function calledOff(server: string, mayHaveRun = false): McpFailure {
  return new McpFailure("cancelled", `The call of ${server} was called off.`, mayHaveRun);
}

const MOST_FOREIGN_CHARACTERS = 300;

/** Text from outside, as part of a sentence: one line, no control characters, cut. */
export function quoted(text: string): string {
  const line = text
    .replace(/[\p{C}\s]+/gu, " ")
    .trim()
    .replace(/[.\s]+$/, "");
  return line.length > MOST_FOREIGN_CHARACTERS ? `${line.slice(0, MOST_FOREIGN_CHARACTERS)}…` : line;
}

/** The sentence of an error, with the reason that `fetch` hides in its cause. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return quoted(String(error));
  const cause = error.cause instanceof Error && error.cause.message ? `: ${error.cause.message}` : "";
  return quoted(`${error.message}${cause}`);
}
