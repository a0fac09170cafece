import type { LookUp } from "@/lib/net/check";
import { type CheckedTarget, parseTarget } from "@/lib/net/guard";
import { hostOf } from "@/lib/net/host-list";
import type { Cache } from "./cache";
import type { Converter } from "./converter";
import { WebError } from "./errors";
import { type Answer, get, type Timeouts } from "./get";
import { textOf, withoutInvisible } from "./page-text";
import type { RateLimit } from "./rate-limit";

export interface FetchOptions {
  /** Characters of the page's text to leave out at the start. Default 0. */
  offset?: number;
  /** Bypasses the cache. */
  fresh?: boolean;
  signal: AbortSignal;
  /** Hosts that may have private addresses, in the form of lib/net/host-list.ts. */
  privateHosts: readonly string[];
  /** Whether a redirect from another host may lead to this host, given as `host` or `host:port`. */
  mayRedirect(host: string): boolean;
}

/** A page, or a part of it. Offsets are characters of its whole text. */
export interface WebPage {
  /** The final address, with its host in punycode. */
  url: string;
  title: string;
  text: string;
  offset: number;
  totalCharacters: number;
  fetchedAtMs: number;
  /** Whether the page was longer than the limit. */
  isCut: boolean;
}

export interface FetchParts {
  cache: Cache;
  rateLimit: RateLimit;
  converter: Converter;
  timeouts: Timeouts;
  lookUp?: LookUp;
  now(): number;
}

/** The stored form of a page. */
interface StoredPage {
  url: string;
  title: string;
  text: string;
  isCut: boolean;
}

export const PAGE_CHARACTERS = 20_000;
const MAX_BODY_BYTES = 5 * 1024 * 1024;
const MAX_TEXT_CHARACTERS = 2_000_000;
const MAX_TITLE_CHARACTERS = 300;

/** Returns a page. Throws a `WebError` or `AddressError` with one sentence, or the signal's reason. */
export async function fetchPage(given: string, options: FetchOptions, parts: FetchParts): Promise<WebPage> {
  const guard = { privateHosts: options.privateHosts, lookUp: parts.lookUp };
  const target = parseTarget(given, guard);
  const key = `page ${target.url.href}`;
  const kept = options.fresh ? undefined : parts.cache.get(key);
  if (kept && isStoredPage(kept.value)) return pageOf(kept.value, kept.storedAtMs, options.offset ?? 0);
  const answer = await get(target.url.href, {
    guard,
    signal: options.signal,
    mayFollow: (from, to) => mayFollow(from, to, options.mayRedirect),
    takeTurn: (host) => parts.rateLimit.take(host, options.signal),
    timeouts: parts.timeouts,
    maxBytes: MAX_BODY_BYTES,
  });
  const url = answer.url.href;
  const { title, text } = await readable(answer, parts.converter, options.signal);
  const stored = {
    url,
    title: oneLine(title).slice(0, MAX_TITLE_CHARACTERS),
    text: text.slice(0, MAX_TEXT_CHARACTERS),
    isCut: answer.isCut || text.length > MAX_TEXT_CHARACTERS,
  };
  if (answer.isStorable) parts.cache.put(key, stored);
  return pageOf(stored, parts.now(), options.offset ?? 0);
}

/**
 * Whether a redirect may be followed. A redirect could take the request, with data that an agent was tricked into
 * putting into its URL, to a host that is not allowed. The same name with `www.` counts as the same host.
 */
function mayFollow(from: CheckedTarget, to: URL, mayRedirect: FetchOptions["mayRedirect"]): boolean {
  const host = hostOf(to.href);
  // Not http or https; the check of the target reports it.
  if (host === null) return true;
  if (from.url.protocol === "https:" && to.protocol === "http:") return false;
  return plainName(to) === plainName(from.url) || mayRedirect(host);
}

function plainName(url: URL): string {
  return url.hostname.replace(/^www\./, "").replace(/\.$/, "");
}

async function readable(
  { body, contentType, isCut, url }: Answer,
  converter: Converter,
  signal: AbortSignal,
): Promise<{ title: string; text: string }> {
  const page = textOf(body, contentType, isCut);
  if (page.kind === "binary") {
    throw new WebError(
      `The content at this address is not text but ${page.type.slice(0, 100)} (${body.length} bytes), which cannot be read here.`,
      { quotesServer: true },
    );
  }
  if (page.kind === "text") return { title: "", text: withoutInvisible(page.text) };
  const { title, markdown } = await converter(page.text, url.href, signal);
  return { title: withoutInvisible(title), text: withoutInvisible(markdown) };
}

function pageOf(stored: StoredPage, fetchedAtMs: number, offset: number): WebPage {
  const { url, title, text, isCut } = stored;
  let end = Math.min(text.length, offset + PAGE_CHARACTERS);
  // A cut must not split a surrogate pair.
  if (end < text.length && /[\uD800-\uDBFF]/.test(text.charAt(end - 1))) end -= 1;
  return { url, title, text: text.slice(offset, end), offset, totalCharacters: text.length, fetchedAtMs, isCut };
}

function isStoredPage(value: unknown): value is StoredPage {
  if (typeof value !== "object" || value === null) return false;
  const { url, title, text, isCut } = value as Record<string, unknown>;
  return [url, title, text].every((field) => typeof field === "string") && typeof isCut === "boolean";
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
