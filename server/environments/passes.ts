/**
 * Who may see which environment. A person who is signed in gets a ticket, which works once and for a minute; the
 * environment's own host changes it into a pass, which its cookie names. Both are kept in memory only, and are worth
 * nothing at other hosts. A pass lasts as long as the session or token with which its ticket was asked for.
 */
import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Actor } from "@/core/rules/roles";
import type { Auth } from "@/lib/auth/auth";

const TICKET_MS = 60_000;
export const PASS_MS = 12 * 3_600_000;
/** The oldest give way. */
const MOST = 2_000;

/** What proves that the person is still signed in. */
interface Holder {
  actor: Actor;
  headers: { cookie?: string; authorization?: string };
}

interface Kept extends Holder {
  environment: string;
  untilMs: number;
}

export interface Passes {
  /** Returns the ticket of somebody who is signed in. */
  ticket(environment: string, actor: Actor, request: IncomingMessage): string;
  /** Changes a ticket into a pass for the same environment; null: it is none, is used, or is too old. */
  redeem(environment: string, ticket: string): string | null;
  /** Whether the pass is one for this environment, and its holder still has access. */
  isFor(environment: string, pass: string, request: IncomingMessage): Promise<boolean>;
}

export function createPasses(auth: Pick<Auth, "isStill">, now: () => number = Date.now): Passes {
  const tickets = new Map<string, Kept>();
  const passes = new Map<string, Kept>();
  const taken = (kept: Map<string, Kept>, secret: string) => {
    const found = kept.get(hashOf(secret));
    return found !== undefined && found.untilMs > now() ? found : null;
  };
  return {
    ticket(environment, actor, { headers: { cookie, authorization } }) {
      const headers = {
        ...(cookie !== undefined && { cookie }),
        ...(authorization !== undefined && { authorization }),
      };
      return keep(tickets, { environment, actor, headers, untilMs: now() + TICKET_MS });
    },
    redeem(environment, ticket) {
      const found = taken(tickets, ticket);
      tickets.delete(hashOf(ticket));
      return found?.environment === environment ? keep(passes, { ...found, untilMs: now() + PASS_MS }) : null;
    },
    async isFor(environment, pass, { socket }) {
      const found = taken(passes, pass);
      if (found?.environment !== environment) return false;
      const isStill = await auth.isStill(found.actor, { headers: found.headers, socket });
      if (!isStill) passes.delete(hashOf(pass));
      return isStill;
    },
  };
}

/** Keeps it, and returns the secret under which it is found. */
function keep(kept: Map<string, Kept>, one: Kept): string {
  const secret = randomBytes(32).toString("base64url");
  for (const oldest of kept.keys()) {
    if (kept.size < MOST) break;
    kept.delete(oldest);
  }
  kept.set(hashOf(secret), one);
  return secret;
}

function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
