/**
 * The live side of the pages. A socket carries only what is committed; drafts (text of a turn that still streams) are
 * marked as such, sent only to who looks at their task, and dropped rather than queued.
 */
import type { Server as HttpServer, IncomingMessage } from "node:http";
import { Server, type Socket } from "socket.io";
import type { Auth } from "@/lib/auth/auth";
import { refusalOf } from "@/lib/auth/origin";
import { openListRoom } from "./list-room";
import type { FeedSource } from "./source";
import { openTreeRoom } from "./tree-room";

export const SOCKET_PATH = "/live";
const SESSION_CHECK_MS = 3_000;
const MAX_ROOMS = 8;

export interface AttachedSocket {
  /** Ends every connection, as a lost network would; clients come back by themselves. */
  dropConnections(): void;
  /** Tells every client that the server goes away, and ends. */
  close(): void;
}

export function attachSocket(
  httpServer: HttpServer,
  source: FeedSource,
  { auth, hosts }: { auth: Auth; hosts: readonly string[] },
): AttachedSocket {
  const io = new Server(httpServer, {
    path: SOCKET_PATH,
    transports: ["websocket"],
    serveClient: false,
    destroyUpgrade: false,
    maxHttpBufferSize: 64 * 1024,
    allowRequest: (request, decide) =>
      void mayConnect(request, auth, hosts).then((ok) => decide(ok ? null : "refused", ok)),
  });
  io.on("connection", (socket) => serve(socket, source));

  // A session may end while its socket stays open: whoever signed out is gone within this time.
  const timer = setInterval(() => void dropEndedSessions(io, auth), SESSION_CHECK_MS);
  timer.unref();

  return {
    dropConnections: () => {
      for (const socket of io.sockets.sockets.values()) socket.conn.close();
    },
    close: () => {
      clearInterval(timer);
      io.emit("server:closing");
      io.disconnectSockets(true);
      io.engine.close();
    },
  };
}

async function mayConnect(request: IncomingMessage, auth: Auth, hosts: readonly string[]): Promise<boolean> {
  try {
    const head = { method: request.method ?? "GET", headers: request.headers };
    if (refusalOf(head, hosts) !== null) return false;
    return (await auth.authenticate(request.headers.cookie)) !== null;
  } catch {
    return false;
  }
}

async function dropEndedSessions(io: Server, auth: Auth): Promise<void> {
  for (const socket of io.sockets.sockets.values()) {
    const session = await auth.authenticate(socket.request.headers.cookie).catch(() => null);
    if (!session) socket.disconnect(true);
  }
}

function serve(socket: Socket, source: FeedSource): void {
  const rooms = new Map<string, () => void>();
  let watchedTask: string | null = null;

  function open(key: string, start: () => () => void): void {
    rooms.get(key)?.();
    if (rooms.size >= MAX_ROOMS && !rooms.has(key)) return;
    rooms.set(key, start());
  }
  function close(key: string): void {
    rooms.get(key)?.();
    rooms.delete(key);
  }

  socket.on("tree:join", (request: unknown) => {
    const { treeId, cursor } = (request ?? {}) as { treeId?: unknown; cursor?: unknown };
    if (typeof treeId !== "string" || typeof cursor !== "string" || !/^\d{0,15}$/.test(cursor)) return;
    open(`tree:${treeId}`, () => {
      const closeRoom = openTreeRoom(socket, source, treeId, cursor);
      const closeDrafts = source.live.onDraft(treeId, (frame) => {
        if (frame.task_id === watchedTask) socket.volatile.emit("draft", frame);
      });
      return () => {
        closeRoom();
        closeDrafts();
      };
    });
  });
  socket.on("tree:watch", (request: unknown) => {
    const { taskId } = (request ?? {}) as { taskId?: unknown };
    watchedTask = typeof taskId === "string" ? taskId : null;
  });
  socket.on("tree:leave", (request: unknown) => {
    const { treeId } = (request ?? {}) as { treeId?: unknown };
    if (typeof treeId === "string") close(`tree:${treeId}`);
  });
  socket.on("trees:join", () => open("trees", () => openListRoom(socket, source)));
  socket.on("trees:leave", () => close("trees"));
  socket.on("disconnect", () => {
    for (const key of [...rooms.keys()]) close(key);
  });
}
