import type { ServerContext } from "@modelcontextprotocol/server";

/**
 * Returns the function that reports progress to the caller. The number counts the reports: it must rise, while the
 * tasks of a tree become more as it grows.
 */
export function progressOf({ _meta, notify, signal }: ServerContext["mcpReq"]): (message: string) => Promise<void> {
  const progressToken = _meta?.progressToken;
  let progress = 0;
  let last = "";
  return async (message) => {
    if (progressToken === undefined || signal.aborted || message === last) return;
    last = message;
    progress += 1;
    const sent = notify({ method: "notifications/progress", params: { progressToken, progress, message } });
    // Awaited, because a report after the result has no call that it belongs to. A caller that has gone needs none.
    await sent.catch(() => undefined);
  };
}
