/**
 * The page of a shared proof, which needs no sign-in. The door decides only how often it may be asked; what the page
 * shows it reads itself, with the same secret.
 */
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createFailedTokens } from "@/lib/auth/failed-tokens";
import { sendText } from "./answers/send";

const PAGE = /^\/proof\/([^/]+)\/?$/;
const WINDOW_MS = 60_000;
/** Reads of one link a minute. Reading a proof again and again must not keep the server busy. */
const MOST_READS = 300;

/** Browsers and caches do not keep the page, searches do not find it, and no other site learns its address. */
const HEADERS = {
  "cache-control": "no-store",
  "x-robots-tag": "noindex, nofollow, noarchive",
  "referrer-policy": "no-referrer",
};

export interface SharedProofDoor {
  /** Whether the address is that of a shared proof, open or not. */
  isOf(url: URL): boolean;
  /** Sets the headers of the page. Answers itself, and returns false, when it is asked too often. */
  admit(request: IncomingMessage, response: ServerResponse, url: URL): boolean;
}

/** `isOpen`: whether a link with this secret works now. */
export function createSharedProofDoor(isOpen: (secret: string) => boolean, now = Date.now): SharedProofDoor {
  const failed = createFailedTokens(now);
  let reads = { untilMs: 0, of: new Map<string, number>() };
  const mayRead = (hash: string): boolean => {
    if (reads.untilMs <= now()) reads = { untilMs: now() + WINDOW_MS, of: new Map() };
    const count = (reads.of.get(hash) ?? 0) + 1;
    reads.of.set(hash, count);
    return count <= MOST_READS;
  };
  return {
    isOf: (url) => PAGE.test(url.pathname),
    admit(request, response, url) {
      for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
      const secret = PAGE.exec(url.pathname)?.[1] ?? "";
      const hash = createHash("sha256").update(secret).digest("hex");
      if (isOpen(secret)) return mayRead(hash) || refuse(response, "This page was opened too often");
      const isRefused = failed.isTooMany(request.socket.remoteAddress ?? "");
      return !isRefused || refuse(response, "Too many links that do not work were opened");
    },
  };
}

function refuse(response: ServerResponse, why: string): false {
  response.setHeader("retry-after", "60");
  sendText(response, 429, `${why}. Wait a minute, then try again.`);
  return false;
}
