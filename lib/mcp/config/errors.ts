/** Why a server could not be used. `message` is one sentence for people and agents. */
export type McpFailureKind =
  /** The server cannot be started or reached, or ended during the call. */
  | "unavailable"
  /** What the server lists differs from what was pinned, so the call is not sent. */
  | "changed"
  | "cancelled"
  | "timeout"
  /** The server answered with a protocol error. */
  | "refused"
  /** The server broke a limit or the protocol, and was closed. */
  | "misbehaved"
  /** A person has to sign in at the server first. */
  | "needs_person"
  /** Too many connections or calls. */
  | "busy"
  /** The request does not work with this configuration. */
  | "invalid";

export class McpFailure extends Error {
  override name = "McpFailure";
  constructor(
    readonly kind: McpFailureKind,
    message: string,
    /** Whether the server had received the call, so that the call may have had its effect. */
    readonly mayHaveRun = false,
  ) {
    super(message);
  }
}

export function calledOff(server: string, mayHaveRun = false): McpFailure {
  return new McpFailure("cancelled", `The call to ${server} was cancelled.`, mayHaveRun);
}

const MOST_FOREIGN_CHARACTERS = 300;

/** Returns text from outside for use in a sentence: on one line, without control characters, cut. */
export function quoted(text: string): string {
  // A run of full stops is looked at once, from its beginning: a message may be a megabyte of them.
  const line = text
    .replace(/[\p{C}\s]+/gu, " ")
    .trim()
    .replace(/(?<![.\s])[.\s]+$/, "");
  return line.length > MOST_FOREIGN_CHARACTERS ? `${line.slice(0, MOST_FOREIGN_CHARACTERS)}…` : line;
}

/** Returns an error's sentence, with the reason that `fetch` hides in its cause. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return quoted(String(error));
  const cause = error.cause instanceof Error && error.cause.message ? `: ${error.cause.message}` : "";
  return quoted(`${error.message}${cause}`);
}

/** Whether the request never reached the server: its address is refused or not found, or takes no connection. */
export function isUnsent(error: unknown): boolean {
  return /ECONNREFUSED|ENOTFOUND|is not fetched|cannot be found|does not take connections/.test(reasonOf(error));
}
