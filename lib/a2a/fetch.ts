/** Requests to outside agents: through the guard of addresses, without redirects, and with a limit of size. */
import { McpFailure, quoted } from "@/lib/mcp/config/errors";
import type { AddressGuard } from "@/lib/mcp/transport/address-guard";
import { createGuardedFetch } from "@/lib/mcp/transport/http-fetch";

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export interface BoundedFetch {
  fetch: typeof fetch;
  /** Returns why a body was cut, as part of a sentence; null when none was. */
  fault(): string | null;
  /** Whether the last request found nobody who could answer it: no connection, a proxy in front, too many requests. */
  isAway(): boolean;
}

/** Returns a `fetch` for the requests of one call. `mostBytes` bounds all its answers together, streams too. */
export function boundedFetch(
  guard: AddressGuard,
  { mostBytes, headers = {} }: { mostBytes: number; headers?: Record<string, string> },
): BoundedFetch {
  let bytes = 0;
  let fault: string | null = null;
  let status: number | null = null;
  const isFlood = (more: number) => {
    bytes += more;
    return bytes > mostBytes;
  };
  const onHuge = () => {
    fault = `it sent more than ${Math.round(mostBytes / 1_000)} kB`;
  };
  const send = createGuardedFetch({ guard, frameBytes: mostBytes, isFlood, onHuge });
  const bounded = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input);
    const all = new Headers(init?.headers);
    for (const [name, value] of Object.entries(headers)) all.set(name, value);
    status = null;
    const response = await send(url, { ...init, headers: all });
    status = response.status;
    if (!REDIRECTS.has(response.status)) return response;
    const target = response.headers.get("location") ?? "";
    const to = URL.canParse(target, url) ? new URL(target, url).origin : target;
    throw new McpFailure("refused", `${url.host} answered with a redirect to ${quoted(to)}, which was not followed.`);
  };
  return { fetch: bounded as typeof fetch, fault: () => fault, isAway: () => isAway(status) };
}

function isAway(status: number | null): boolean {
  return status === null || status >= 500 || status === 408 || status === 429;
}
