/** Reads the card of an outside agent, checks its signature, and pins it. */
import { createHash } from "node:crypto";
import { AgentCard, canonicalizeAgentCard } from "@a2a-js/sdk";
import { DefaultAgentCardResolver } from "@a2a-js/sdk/client";
import { McpFailure, quoted, reasonOf } from "@/lib/mcp/config/errors";
import type { AddressGuard } from "@/lib/mcp/transport/address-guard";
import { beyondBounds } from "@/lib/net/bounded-json";
import { realTimers, type Timers } from "@/lib/time/timers";
import { chosenInterface } from "./facts";
import { boundedFetch } from "./fetch";
import { type Signer, signerOf } from "./signature";
import type { PinnedCard } from "./types";

const CARD_PATH = "/.well-known/agent-card.json";
const CARD_MS = 15_000;
const MOST_CARD_BYTES = 256_000;
const MOST_SKILLS = 200;
const OLD_TOO = { legacyCompat: { enabled: true } };

export interface CardOptions {
  guard: AddressGuard;
  signal: AbortSignal;
  timers?: Timers | undefined;
}

/** Returns where the card is: an address that ends with .json as given, else the usual place on that host. */
export function cardAddress(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : null;
  if (!url || !["http:", "https:"].includes(url.protocol))
    throw new McpFailure("invalid", `“${quoted(given)}” is not an address: it begins with https:// or http://.`);
  if (url.username || url.password)
    throw new McpFailure("invalid", "The address contains a user name or a password: give a token instead.");
  return url.pathname.endsWith(".json") ? url.href : new URL(CARD_PATH, url).href;
}

/** Reads and checks the card at an address. Rejects with a McpFailure. */
export async function readCard(url: string, { guard, signal, timers = realTimers }: CardOptions): Promise<PinnedCard> {
  const { host } = new URL(url);
  const late = new AbortController();
  const cancel = timers.after(CARD_MS, () => late.abort());
  const requests = boundedFetch(guard, { mostBytes: MOST_CARD_BYTES });
  const ended = AbortSignal.any([signal, late.signal]);
  const read = async (address: string, what: string): Promise<unknown> => {
    if (!URL.canParse(address)) throw new McpFailure("refused", `The address of ${what} is not valid.`);
    try {
      return await readJson(requests.fetch, address, what, ended);
    } catch (error) {
      if (error instanceof McpFailure) throw error;
      if (signal.aborted) throw new McpFailure("cancelled", `Reading ${what} was cancelled.`);
      if (late.signal.aborted)
        throw new McpFailure("timeout", `${what} was not read within ${CARD_MS / 1_000} seconds.`);
      throw new McpFailure("unavailable", `${what} cannot be read: ${requests.fault() ?? reasonOf(error)}.`);
    }
  };
  try {
    const json = await read(url, `The card of ${host}`);
    const { card, isOld } = cardIn(json, host);
    const isSigned = card.signatures.length > 0 && !isOld;
    const keysOf = (address: string) => read(address, `The key of the card of ${host}`);
    const signer = isSigned ? await signerOf(card, keysOf) : null;
    if (isSigned && !signer)
      throw new McpFailure(
        "refused",
        `The signature of the card of ${host} does not hold: somebody changed the card, or it was signed with another key.`,
      );
    return pinned(card, signer);
  } finally {
    cancel();
  }
}

async function readJson(fetch: typeof globalThis.fetch, url: string, what: string, signal: AbortSignal) {
  const response = await fetch(url, { headers: { accept: "application/json", "a2a-version": "1.0" }, signal });
  const text = await response.text();
  if (!response.ok) throw new McpFailure("refused", `${what} is not there: the status is ${response.status}.`);
  const fault = beyondBounds(text);
  if (fault) throw new McpFailure("refused", `${what} is refused: ${fault}.`);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new McpFailure("refused", `${what} is not valid JSON.`);
  }
}

function cardIn(json: unknown, host: string): { card: AgentCard; isOld: boolean } {
  const out = (why: string) => new McpFailure("refused", `The card of ${host} cannot be used: ${why}.`);
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw out("it is not an object");
  // The signature of an old card covers its old form, so it is like a card without one.
  const isOld = !("supportedInterfaces" in json);
  let card: AgentCard;
  try {
    card = isOld ? new DefaultAgentCardResolver(OLD_TOO).normalizeAgentCard(json) : AgentCard.fromJSON(json);
  } catch {
    throw out("it does not have the form of a card");
  }
  if (!chosenInterface(bodyOf(card))) throw out("it names no address for JSON-RPC of version 1.0 or 0.3");
  if (card.skills.length === 0) throw out("it names no skill");
  if (card.skills.length > MOST_SKILLS) throw out(`it names more than ${MOST_SKILLS} skills`);
  return { card, isOld };
}

function bodyOf(card: AgentCard): Record<string, unknown> {
  return JSON.parse(canonicalizeAgentCard(card)) as Record<string, unknown>;
}

function pinned(card: AgentCard, signer: Signer | null): PinnedCard {
  const body = bodyOf(card);
  const hash = createHash("sha256")
    .update(JSON.stringify([body, signer?.key ?? null]))
    .digest("hex");
  return { hash, signedBy: signer?.key ?? null, keysAt: signer?.keysAt ?? null, body };
}
