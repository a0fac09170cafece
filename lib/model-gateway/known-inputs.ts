/**
 * Bounds the input tokens of a request before it is sent. No tokenizer makes more than one token of a byte, but usually
 * one of four, so this also learns: a request that continues the conversation of an earlier request has at most the
 * tokens that the provider counted for the earlier one, and a token for each byte of everything else.
 */
import { createHash } from "node:crypto";
import { isJson } from "./forms/fields";
import type { Asked, Json } from "./forms/form";

export interface KnownInputs {
  /** Returns the most input tokens that the request can have; null when it may fill the context. */
  most(model: string, asked: Asked): number | null;
  /** Notes what the provider counted for a request. */
  learn(model: string, asked: Asked, inputTokens: number): void;
}

/** An agent's main conversation, with some others beside it. */
const MOST_KEPT = 8;

/** A provider adds instructions of its own to each request, and more for tools. */
const ADDED_TOKENS = 64;
const ADDED_FOR_TOOLS = 1_024;

/** The conversation in each form. A provider may leave out old thoughts and results, and more of them the longer it is. */
const CONVERSATIONS = ["messages", "input", "contents"] as const;
/** Fields whose items only add up. */
const ADDITIVE = ["system", "instructions", "systemInstruction", "tools"] as const;
/** Fields that are no input. */
const SILENT = new Set(["max_tokens", "stream", "metadata", "user"]);

interface Piece {
  hash: string;
  bytes: number;
}

interface Parts {
  conversation: Piece[];
  additive: Piece[];
  /** A hash of all fields that decide how the provider reads the conversation. */
  rules: string;
}

interface Counted {
  model: string;
  inputTokens: number;
  parts: Parts;
}

export function createKnownInputs(): KnownInputs {
  const counted: Counted[] = [];
  return {
    most(model, { body, media }) {
      if (media.isOpen) return null;
      const parts = partsOf(body);
      const added = ADDED_TOKENS + (body.tools === undefined ? 0 : ADDED_FOR_TOOLS);
      const alone = Buffer.byteLength(JSON.stringify(body)) - media.bytes;
      const known = counted
        .filter((count) => count.model === model && goesOn(count.parts, parts))
        .map((count) => count.inputTokens + otherBytes(count.parts, parts));
      return Math.min(alone, ...known) + media.tokens + added;
    },
    learn(model, { body }, inputTokens) {
      counted.push({ model, inputTokens, parts: partsOf(body) });
      if (counted.length > MOST_KEPT) counted.shift();
    },
  };
}

/** Returns whether the later request has the whole conversation of the earlier one, and the same rules for it. */
function goesOn(earlier: Parts, later: Parts): boolean {
  if (earlier.rules !== later.rules || earlier.conversation.length > later.conversation.length) return false;
  return earlier.conversation.every(({ hash }, at) => hash === later.conversation[at]?.hash);
}

/** Returns the bytes that the earlier request did not have. What it had in addition only lowers the count. */
function otherBytes(earlier: Parts, later: Parts): number {
  const left = new Map<string, number>();
  for (const { hash } of earlier.additive) left.set(hash, (left.get(hash) ?? 0) + 1);
  const fresh = later.additive.filter(({ hash }) => {
    const count = left.get(hash) ?? 0;
    left.set(hash, count - 1);
    return count <= 0;
  });
  const all = [...fresh, ...later.conversation.slice(earlier.conversation.length)];
  return all.reduce((sum, { bytes }) => sum + bytes, 0);
}

function partsOf(body: Json): Parts {
  const fields = Object.entries(body).filter(([name]) => !SILENT.has(name));
  const isOf = (names: readonly string[]) => (field: [string, unknown]) => names.includes(field[0]);
  const pieces = (all: [string, unknown][]) => all.flatMap(([name, value]) => piecesOf(name, value));
  const conversation = fields.filter(isOf(CONVERSATIONS));
  const additive = isTrimmed(body) ? [] : fields.filter(isOf(ADDITIVE));
  const others = fields.filter((field) => !conversation.includes(field) && !additive.includes(field));
  return {
    conversation: pieces(conversation),
    additive: pieces(additive),
    rules: hashOf(JSON.stringify(others.sort(([text], [other]) => (text < other ? -1 : 1)))),
  };
}

/**
 * Returns whether the provider may leave out parts of the conversation. It then does so only above a size, to which the
 * additive fields belong: without them it may leave out nothing.
 */
function isTrimmed({ context_management, truncation }: Json): boolean {
  const isSet = (value: unknown) => value !== undefined && value !== null;
  return isSet(context_management) || (isSet(truncation) && truncation !== "disabled");
}

function piecesOf(name: string, value: unknown): Piece[] {
  return (Array.isArray(value) ? value : [value]).map((item) => {
    const text = `${JSON.stringify(name)}:${JSON.stringify(withoutMarks(item)) ?? ""},`;
    return { hash: hashOf(text), bytes: Buffer.byteLength(text) };
  });
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}

/** Agents move the marks of Anthropic's cache with each request. They are no input. */
function withoutMarks(item: unknown): unknown {
  if (!isJson(item)) return item;
  const { cache_control: _, ...rest } = item;
  if (!Array.isArray(rest.content)) return rest;
  return { ...rest, content: rest.content.map((block) => (isJson(block) ? withoutMark(block) : block)) };
}

function withoutMark({ cache_control: _, ...block }: Json): Json {
  return block;
}
