/** Opens a server's pages as a person who may only look does, to see which answer and how fast. */
import { request } from "node:http";
import { SOCKET_PATH } from "@/core/shapes/wire";
import type { Sqlite } from "@/db/file/client";
import { beginWatcher, endWatcher, treeToWatch } from "@/db/people/watcher";
import { newSession, sessionCookie } from "@/lib/auth/auth";

/** What came of one request. `status` 0: no answer. */
export interface Walked {
  /** The same for each walk, also where the address differs. */
  name: string;
  status: number;
  ms: number;
}

const LONGEST_MS = 5_000;

/**
 * Walks with a session that only this process knows and that ends with the walk. Resolves with null when there can be no
 * session, which is no fault of the server.
 */
export async function walk(sqlite: Sqlite, address: string, isNotCanary: string): Promise<Walked[] | null> {
  const { id, hash } = newSession();
  const tree = treeToWatch(sqlite, isNotCanary);
  try {
    beginWatcher(sqlite, hash, Date.now());
  } catch {
    return null;
  }
  const { hostname: named, port } = new URL(address);
  const hostname = named.replace(/^\[(.*)\]$/, "$1");
  const cookie = `${sessionCookie(Number(port))}=${id}`;
  try {
    const walked: Walked[] = [];
    for (const [name, path] of placesOf(tree)) {
      const startedMs = performance.now();
      const status = await statusOf({ hostname, port, path, cookie });
      walked.push({ name, status, ms: Math.round(performance.now() - startedMs) });
    }
    return walked;
  } finally {
    endWatcher(sqlite, Date.now());
  }
}

function placesOf(tree: string | null): [name: string, path: string][] {
  return [
    ["Home", "/"],
    ...(tree === null ? [] : ([["a tree", `/trees/${tree}`]] as [string, string][])),
    ["Reviews", "/review"],
    ["Operations", "/operations"],
    ["the API", "/api/v1/trees?limit=1"],
    ["the socket", `${SOCKET_PATH}/?EIO=4&transport=polling`],
  ];
}

/** Follows no redirect: who is signed in is sent nowhere. */
function statusOf({ hostname, port, path, cookie }: Record<"hostname" | "port" | "path" | "cookie", string>) {
  return new Promise<number>((resolve) => {
    const headers = { cookie, connection: "close" };
    const asked = request({ hostname, port, path, headers, agent: false, timeout: LONGEST_MS }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
      response.on("error", () => resolve(0));
    });
    asked.on("timeout", () => asked.destroy());
    asked.on("error", () => resolve(0));
    asked.on("close", () => resolve(0));
    asked.end();
  });
}
