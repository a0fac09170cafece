/** The HTTP API as `acp` uses it: it waits for a server that restarts, and a repeated POST happens once. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Problem } from "@/lib/http/problem";
import { isExpected } from "@/scripts/cli/context/failure";
import { UsageError } from "@/scripts/cli/print/output";

interface Reach {
  url: string;
  token: string;
}

/** Finds the server and the token. Throws an error with a sentence when no server runs. */
export type FindServer = () => Promise<Reach>;

export interface Api {
  find: FindServer;
  get<Body>(path: string): Promise<Body>;
  /** Repeats a request until there is an answer. `key` makes the server carry it out once. */
  post<Body>(path: string, body: unknown, key: string): Promise<Body>;
}

/** The server refused the request, with a sentence for the person. */
export class RefusedError extends Error {
  override name = "RefusedError";
  constructor(
    readonly status: number,
    sentence: string,
  ) {
    super(sentence);
  }
}

const RETRY_MS = 500;
const REFUSED_TOKEN =
  "Banyan refuses this session's token: it was revoked or has expired. Restart the agent in your editor.";

export function createApi(find: FindServer): Api {
  return {
    find,
    get: (path) => send(find, path, { method: "GET", headers: {} }),
    post: (path, body, key) =>
      send(find, path, {
        method: "POST",
        headers: { "content-type": "application/json", "idempotency-key": key },
        body: JSON.stringify(body),
      }),
  };
}

/** Fails at once when no server runs at first, but waits for one that is lost on the way. */
async function send<Body>(
  find: FindServer,
  path: string,
  request: { method: string; headers: Record<string, string>; body?: string },
): Promise<Body> {
  for (let isLost = false; ; isLost = true) {
    try {
      const { url, token } = await find();
      const headers = { ...request.headers, authorization: `Bearer ${token}` };
      const response = await fetch(`${url}/api/v1/${path}`, { ...request, headers });
      const text = await response.text();
      if (response.ok) return JSON.parse(text) as Body;
      if (response.status !== 503) throw new RefusedError(response.status, sentenceOf(response.status, text));
    } catch (error) {
      if (error instanceof RefusedError || (isExpected(error) && !(isLost && error instanceof UsageError))) throw error;
    }
    await sleep(RETRY_MS);
  }
}

/** Asks once whether the server still takes the token. Resolves with a sentence when it does not; null: it does, or nobody answers. */
export async function tokenRefusal(find: FindServer): Promise<string | null> {
  try {
    const { url, token } = await find();
    const { status } = await fetch(`${url}/api/v1/session`, { headers: { authorization: `Bearer ${token}` } });
    return status === 401 ? REFUSED_TOKEN : null;
  } catch {
    return null;
  }
}

function sentenceOf(status: number, text: string): string {
  if (status === 401) return REFUSED_TOKEN;
  try {
    const { detail } = JSON.parse(text) as Partial<Problem>;
    if (detail) return detail;
  } catch {
    // Another program between here and the server answered.
  }
  return `Banyan refused the request with status ${status}.`;
}
