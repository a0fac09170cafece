/** What reads the answers of one protocol: it makes of what a server sent what the provider package understands. */

export type Json = Record<string, unknown>;

export interface WireReader {
  /** Reads one event; returns the events to pass on. What is unknown is left out. Throws AnswerFault. */
  read(event: Json): Json[];
  /**
   * Returns what is passed on at the end of the answer; null when the answer was cut. `isDone`: the server said itself
   * that this is the end.
   */
  end(isDone: boolean): Json[] | null;
  /** Reads an answer that came as one piece of JSON, although a stream was asked for. */
  whole(body: Json): Json[] | null;
}

/** Tokens of an answer, as far as its provider has told them. */
export interface ToldTokens {
  inputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  outputTokens: number;
}

/** What a reader tells the owner of the call. */
export interface Tell {
  /** Characters of a call's arguments that came. */
  onOutput(chars: number): void;
  /** The tokens told so far. */
  onTokens(tokens: ToldTokens): void;
}

/** What a reader knows of the request. */
export interface Asked {
  /** Names of the offered tools, as they were sent. */
  names(): ReadonlySet<string>;
}

export type StartReader = (tell: Tell, asked: Asked) => WireReader;

/** A server's answer is not in its protocol. */
export class AnswerFault extends Error {
  override name = "AnswerFault";
  /** `what`: what is wrong, as the end of a sentence: “its event 3 is not JSON”. */
  constructor(readonly what: string) {
    super(what);
  }
}

/** The server reported an error within its answer, in a protocol whose package does not read one. */
export class ToldFault extends Error {
  override name = "ToldFault";
  constructor(readonly told: ToldError) {
    super(told.message);
  }
}

/** The answer ended before it was complete. */
export class CutAnswer extends Error {
  override name = "CutAnswer";
}

export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns the text when it is one that says something. */
export function wordOf(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

export function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
}

export function jsonOf(value: unknown): Json {
  return isJson(value) ? value : {};
}

/** Returns a place in a list, which some servers send as text. */
export function placeOf(value: unknown): number | undefined {
  const place = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof place === "number" && Number.isInteger(place) && place >= 0 ? place : undefined;
}

/** Returns arguments as text: some servers send the object itself, or nothing at all. */
export function argumentsOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

export interface ToldError {
  type: string;
  message: string;
}

/** Returns the error that an event is, in any of the forms in which servers send one. */
export function errorIn(event: Json): ToldError | null {
  const { error } = event;
  const typed = [event.type, event.object].includes("error");
  if (error === undefined || error === null || error === false) {
    const message = wordOf(event.message) ?? wordOf(event.detail);
    return typed && message !== undefined ? { type: typesOf(event), message } : null;
  }
  if (!isJson(error)) return { type: typesOf(event), message: wordOf(error) ?? JSON.stringify(event) };
  const message = wordOf(error.message) ?? wordOf(error.msg) ?? wordOf(jsonOf(error.error).message);
  return { type: typesOf(error), message: message ?? JSON.stringify(error) };
}

function typesOf({ type, code, status }: Json): string {
  return [type, code, status].filter((word) => typeof word === "string" || typeof word === "number").join(" ");
}

/**
 * Returns counts that only grow: of each number the largest that was told. Some servers end a stream with zeros, or
 * tell the input at its beginning only.
 */
export function grown(before: Json, told: unknown): Json {
  const counts: Json = { ...before };
  for (const [name, value] of Object.entries(jsonOf(told))) {
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    const known = counts[name];
    if (isJson(value)) counts[name] = grown(jsonOf(known), value);
    else if (typeof number !== "number" || !Number.isFinite(number) || number < 0) counts[name] = known;
    else counts[name] = typeof known === "number" ? Math.max(known, number) : number;
  }
  return counts;
}

export function countIn(counts: Json, name: string): number {
  const value = counts[name];
  return typeof value === "number" ? value : 0;
}

const SHOWN_CHARS = 160;

/** Returns the beginning of what came, for a sentence about it. */
export function shown(value: unknown): string {
  const text = (typeof value === "string" ? value : JSON.stringify(value)).replace(/\s+/g, " ").trim();
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)} …` : text;
}
