/** The entry points of A2A. The protocol's code is loaded at the first request, because most servers never get one. */
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { GuardedApplication } from "@/agents/guard/guard";
import type { A2aRecords } from "@/core/a2a/records";

export interface A2aParts {
  records: A2aRecords;
  /** Banyan's version, for the card. */
  version: string;
}

export interface A2a {
  answer(exchange: A2aExchange): Promise<void>;
  /** Sends the card, or 304 when the client has it. */
  sendCard(request: IncomingMessage, response: ServerResponse, base: string): Promise<void>;
  /** Sends the public key of the card's signature. */
  sendKeys(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

interface A2aExchange {
  app: GuardedApplication;
  request: IncomingMessage;
  response: ServerResponse;
  /** The body, not parsed. */
  text: string;
  base: string;
  /** Whether the caller still has its access. */
  isStill(): Promise<boolean>;
  /** Calls the listener when somebody may have lost access. Returns the unsubscriber. */
  onAccessChange(listener: () => void): () => void;
}

/** How long a stream may outlive its token. */
const CHECK_MS = 60_000;

export function createA2a({ records, version }: A2aParts): A2a {
  // The card and its key change only with a release or by an admin, so the time of the start is accurate enough.
  const since = new Date().toUTCString();
  return {
    async answer({ app, request, response, text, base, isStill, onAccessChange }) {
      const { answerA2a } = await import("./answer");
      const gone = new AbortController();
      const end = () => gone.abort();
      const check = () => void isStill().then((is) => is || end(), end);
      const off = onAccessChange(check);
      // A token also expires, which no event reports.
      const timer = setInterval(check, CHECK_MS);
      response.once("close", end);
      try {
        const caller = { app, records, base, signal: gone.signal };
        await answerA2a(caller, { records, version, base }, { request, response, text });
      } finally {
        clearInterval(timer);
        off();
      }
    },
    async sendCard(request, response, base) {
      const { cardFor } = await import("./answer");
      const asked = request.headers["a2a-version"];
      const json = await cardFor({ records, version, base }, Array.isArray(asked) ? asked[0] : asked);
      response.setHeader("vary", "A2A-Version");
      // A signature differs each time it is made, so the tag is that of the card without it.
      response.setHeader("last-modified", since);
      sendTagged(request, response, json, withoutSignatures(json));
    },
    async sendKeys(request, response) {
      const { publicKeys } = await import("./card");
      const json = JSON.stringify(await publicKeys({ records }));
      sendTagged(request, response, json, json);
    },
  };
}

function withoutSignatures(json: string): string {
  const { signatures, ...card } = JSON.parse(json) as { signatures?: { protected?: string }[] };
  return JSON.stringify([card, signatures?.map((signature) => signature.protected)]);
}

function sendTagged(request: IncomingMessage, response: ServerResponse, json: string, tagged: string): void {
  const etag = `"${createHash("sha256").update(tagged).digest("base64url").slice(0, 22)}"`;
  const headers = { etag, "cache-control": "public, max-age=300" };
  const known = request.headers["if-none-match"]?.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  if (known?.includes(etag)) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, { ...headers, "content-type": "application/json" }).end(json);
}
