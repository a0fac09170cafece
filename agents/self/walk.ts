/**
 * Opens a server's pages as a signed-in person does, and approves what a canary asks, to see which requests are
 * answered and how fast.
 */
import { randomBytes } from "node:crypto";
import { request } from "node:http";
import { SOCKET_PATH } from "@/core/shapes/wire";
import type { Sqlite } from "@/db/file/client";
import { beginWatcher, endWatcher, setWatcherRole } from "@/db/people/watcher";
import { newSession, sessionCookie } from "@/lib/auth/auth";

/** The outcome of one request. `status` 0: no answer. */
export interface Walked {
  /** The same for each walk, also where the address differs. */
  name: string;
  status: number;
  ms: number;
}

const LONGEST_MS = 5_000;

/** Somebody signed in, until `signOut`. */
export interface Watcher {
  /** Opens the pages that people open most. */
  walk(tree: string | null): Promise<Walked[]>;
  /** Approves a call, as a person does over HTTP. */
  approve(review: string): Promise<Walked>;
  signOut(): void;
}

/** With a session that only this process knows. Returns null when there can be none, which is no fault of the server. */
export function signIn(sqlite: Sqlite, address: string): Watcher | null {
  const { id, hash } = newSession();
  try {
    beginWatcher(sqlite, hash, Date.now());
  } catch {
    return null;
  }
  const { hostname: named, port } = new URL(address);
  const hostname = named.replace(/^\[(.*)\]$/, "$1");
  const cookie = `${sessionCookie(Number(port))}=${id}`;
  const ask = async ({ name, ...asked }: Place): Promise<Walked> => {
    const startedMs = performance.now();
    const status = await statusOf({ hostname, port, cookie, ...asked });
    return { name, status, ms: Math.round(performance.now() - startedMs) };
  };
  return {
    async walk(tree) {
      const walked: Walked[] = [];
      for (const place of placesOf(tree)) walked.push(await ask(place));
      return walked;
    },
    async approve(review) {
      setWatcherRole(sqlite, "reviewer");
      try {
        return await ask({ name: "an approval", path: `/api/v1/reviews/${review}/approve`, method: "POST" });
      } finally {
        setWatcherRole(sqlite, "viewer");
      }
    },
    signOut: () => endWatcher(sqlite, Date.now()),
  };
}

function placesOf(tree: string | null): Place[] {
  return [
    { name: "Home", path: "/" },
    ...(tree === null ? [] : [{ name: "a tree", path: `/trees/${tree}` }]),
    { name: "Reviews", path: "/review" },
    { name: "Operations", path: "/operations" },
    { name: "the API", path: "/api/v1/trees?limit=1" },
    { name: "the socket", path: `${SOCKET_PATH}/?EIO=4&transport=websocket`, isSocket: true },
  ];
}

/** What the watcher asks for, by a name for people. */
interface Place {
  name: string;
  path: string;
  /** Default GET. */
  method?: "GET" | "POST";
  isSocket?: boolean;
}

type Asked = Omit<Place, "name"> & { hostname: string; port: string; cookie: string };

/** Follows no redirect, because a signed-in person is not redirected. */
function statusOf({ cookie, method = "GET", isSocket = false, ...place }: Asked) {
  return new Promise<number>((resolve) => {
    const body = method === "POST" ? "{}" : "";
    const headers = {
      cookie,
      connection: "close",
      ...(isSocket && upgradeTo(place)),
      ...(body && { "content-type": "application/json", "content-length": body.length }),
    };
    const asked = request({ ...place, method, headers, agent: false, timeout: LONGEST_MS }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
      response.on("error", () => resolve(0));
    });
    asked.on("upgrade", (_response, socket) => {
      socket.destroy();
      // As good as a page that was shown.
      resolve(200);
    });
    asked.on("timeout", () => asked.destroy());
    asked.on("error", () => resolve(0));
    asked.on("close", () => resolve(0));
    asked.end(body);
  });
}

/** What a browser sends to open the socket: pages open it in no other way. */
function upgradeTo({ hostname, port }: Pick<Asked, "hostname" | "port">) {
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  return {
    connection: "Upgrade",
    upgrade: "websocket",
    origin: `http://${host}:${port}`,
    "sec-websocket-version": "13",
    "sec-websocket-key": randomBytes(16).toString("base64"),
  };
}
