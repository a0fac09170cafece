/**
 * Puts the calls of a streamed answer together from their pieces. Servers number them differently: all calls 0, none at
 * all, a new id with each piece, the whole call once more at the end. A call gets exactly the arguments that were sent
 * for it, and no call comes twice.
 */
import { AnswerFault, type Json } from "./reader";

/** A piece of a call, as a chunk of the stream brought it. */
interface CallPiece {
  /** The chunk that brought it. */
  chunk: number;
  index: number | undefined;
  id: string | undefined;
  name: string | undefined;
  text: string;
  /** The provider's own data of the call. */
  more?: Json | undefined;
}

interface WholeCall {
  id: string | undefined;
  name: string;
  text: string;
  more: Json;
}

interface Held extends WholeCall {
  index: number | undefined;
  chunk: number;
  pieces: string[];
}

export interface CallBook {
  add(piece: CallPiece): void;
  /** The calls in the order in which they began. */
  calls(): WholeCall[];
}

/** The place of arguments that came before any call and without a number. */
const NO_PLACE = -1;

/** A name for calls that came without one, so that the model reads what was wrong with them. */
const UNNAMED = "unnamed_call";

/** `names`: of the tools that the model has. */
export function createCallBook(names: () => ReadonlySet<string>): CallBook {
  const held: Held[] = [];
  // Arguments that came before the name of their call.
  const early = new Map<number, CallPiece>();
  return {
    add: (piece) => add({ held, early, names }, piece),
    calls() {
      for (const piece of early.values()) if (!continuesOnly(held, piece)) begin(held, { ...piece, name: UNNAMED });
      early.clear();
      return held.map(({ id, name, text, pieces, more }) => ({ id, name, text: textOf(text, pieces), more }));
    },
  };
}

interface Book {
  held: Held[];
  early: Map<number, CallPiece>;
  names: () => ReadonlySet<string>;
}

function add(book: Book, given: CallPiece): void {
  if (given.name === undefined) continueCall(book, given);
  else addNamed(book, given);
}

function addNamed({ held, early, names }: Book, given: CallPiece): void {
  const place = given.index ?? NO_PLACE;
  const piece = waitingWith(early.get(place), given);
  early.delete(place);
  const before = earlierOf(held, piece);
  if (!before) begin(held, piece);
  else if (before.name === piece.name) addAlike(held, before, piece);
  else if (isRestOfName(before, piece, names())) {
    before.name += piece.name;
    extend(before, piece);
  } else begin(held, piece);
}

function addAlike(held: Held[], before: Held, piece: CallPiece): void {
  const kin = kinship(before, piece);
  if (kin === "begins") begin(held, piece);
  else extend(before, kin === "repeats" ? { ...piece, text: "" } : piece);
}

/** Some servers send a name in pieces. */
function isRestOfName(before: Held, { name = "" }: CallPiece, names: ReadonlySet<string>): boolean {
  return before.text === "" && !names.has(before.name) && names.has(before.name + name);
}

function together(first: CallPiece, second: CallPiece): CallPiece {
  return { ...second, id: second.id ?? first.id, text: first.text + second.text, more: second.more ?? first.more };
}

/** Returns the newest call that a piece with a name may belong to. */
function earlierOf(held: readonly Held[], { id, index, name }: CallPiece): Held | undefined {
  const known = withId(held, id, index);
  if (known) return known;
  if (index !== undefined) return held.findLast((call) => call.index === index);
  // Without an id and a number, only the newest call can go on.
  return id === undefined ? held.findLast((call, at) => at === held.length - 1 && call.name === name) : undefined;
}

/** Returns the newest call with this id; some servers give the same id to several calls. */
function withId(held: readonly Held[], id: string | undefined, index: number | undefined): Held | undefined {
  if (id === undefined) return undefined;
  return held.findLast((call) => call.id === id && call.index === index) ?? held.findLast((call) => call.id === id);
}

/** Whether a piece with a name repeats a call of the same name, continues it, or begins another one. */
function kinship(before: Held, piece: CallPiece): "repeats" | "continues" | "begins" {
  const { text } = piece;
  const isSameId = piece.id !== undefined && piece.id === before.id;
  const isNewId = piece.id !== undefined && !isSameId && before.id !== undefined;
  const isElsewhere = piece.index !== undefined && before.index !== undefined && piece.index !== before.index;
  const begins = /^\s*\{/.test(text);
  if (isWhole(before.text)) {
    const isEqual = isSame(before.text, text);
    // Within one chunk, only the same id tells a repetition from a second call.
    if (isEqual && (isSameId || piece.chunk !== before.chunk)) return "repeats";
    if (text.trim() === "") return isNewId || isElsewhere ? "begins" : "repeats";
    return begins || isNewId || isElsewhere ? "begins" : "continues";
  }
  if (isElsewhere) return "begins";
  if (!isNewId) return "continues";
  // A server that makes a new id for each piece: arguments that have begun go on with what cannot begin any.
  return before.text.trim() !== "" && text.trim() !== "" && !begins ? "continues" : "begins";
}

function continueCall({ held, early }: Book, piece: CallPiece): void {
  const { id, index, text } = piece;
  const call =
    withId(held, id, index) ??
    (index === undefined ? onlyOpen(held, text) : held.findLast((call) => call.index === index));
  if (call) extend(call, piece);
  else if (index !== undefined) early.set(index, waitingWith(early.get(index), piece));
  else if (held.length === 0 && text.trim() !== "") early.set(NO_PLACE, waitingWith(early.get(NO_PLACE), piece));
}

function waitingWith(waiting: CallPiece | undefined, piece: CallPiece): CallPiece {
  return waiting ? together(waiting, piece) : piece;
}

/** Returns the call to which arguments without a number and an id belong. */
function onlyOpen(held: readonly Held[], text: string): Held | undefined {
  const open = held.length < 2 ? held : held.filter((call) => !isWhole(call.text));
  if (open.length > 1 && text.trim() !== "")
    throw new AnswerFault(`a piece of arguments does not say which of ${open.length} calls it belongs to`);
  return open.at(-1);
}

function begin(held: Held[], { index, id, name = UNNAMED, chunk, text, more = {} }: CallPiece): void {
  held.push({ index, id, name, chunk, text, pieces: text === "" ? [] : [text], more });
}

function extend(call: Held, { id, text, more }: CallPiece): void {
  call.id ??= id;
  call.more = { ...call.more, ...more };
  if (text === "") return;
  call.text += text;
  call.pieces.push(text);
}

/** Arguments under a number of their own, without a name, may be the rest of the only call that is not whole. */
function continuesOnly(held: readonly Held[], piece: CallPiece): boolean {
  const open = held.filter((call) => !isWhole(textOf(call.text, call.pieces)));
  const [only] = open;
  if (open.length !== 1 || !only || !isWhole(only.text + piece.text)) return false;
  extend(only, piece);
  return true;
}

/** Returns the arguments: the pieces joined, or the last of them where each holds all before it. */
function textOf(text: string, pieces: readonly string[]): string {
  const last = pieces.at(-1) ?? "";
  const isCumulative =
    pieces.length > 1 && pieces.every((piece, at) => at === 0 || piece.startsWith(pieces[at - 1] ?? ""));
  return isCumulative && !isWhole(text) && isWhole(last) ? last : text;
}

/** Whether the text is a whole object. */
export function isWhole(text: string): boolean {
  if (!/^\s*\{/.test(text) || !/\}\s*$/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether two texts are the same object. */
export function isSame(first: string, second: string): boolean {
  if (first === second) return true;
  if (!isWhole(first) || !isWhole(second)) return false;
  return canonical(JSON.parse(first)) === canonical(JSON.parse(second));
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** A call that came whole, in a protocol that sends calls so. */
export interface CameWhole {
  /** The event that brought it. */
  chunk: number;
  id: string | undefined;
  name: string;
  text: string;
}

/**
 * Returns a function that says whether a call came before: with its id, or in an earlier event without any id. Within one
 * event two equal calls are two.
 */
export function createRepeats(): (call: CameWhole) => boolean {
  const came: CameWhole[] = [];
  return (call) => {
    const isRepeated = came.some(
      (before) =>
        before.name === call.name &&
        isSame(before.text, call.text) &&
        (call.id === undefined ? before.id === undefined && before.chunk !== call.chunk : before.id === call.id),
    );
    came.push(call);
    return isRepeated;
  };
}
