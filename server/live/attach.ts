/**
 * Live updates for the pages. A socket carries committed data. It also carries what tasks do now: the text of a reply
 * that still streams and the output of a running call, which go only to clients that watch the task.
 */
import type { Server as HttpServer } from "node:http";
import { Server } from "socket.io";
import type { Actor } from "@/core/rules/roles";
import { SOCKET_PATH } from "@/core/shapes/wire";
import type { Auth } from "@/lib/auth/auth";
import { type ActivityRoom, openActivityRoom } from "./activity-room";
import { type Admission, createAdmission } from "./admission";
import { openListRoom } from "./list-room";
import type { LiveServer, LiveSocket } from "./live-socket";
import type { FeedSource } from "./source";
import { openStatusRoom } from "./status-room";
import { openTreeRoom } from "./tree-room";

/** Polls for sessions and tokens that another process ended. This process learns of its own changes immediately. */
const IDENTITY_CHECK_MS = 2_000;
/** Proxies close a connection that is silent for long, the strictest after some ten seconds. */
const PING_MS = 8_000;
const MAX_ROOMS = 8;
/** The most trees that a client may name when it reconnects; a page never holds more. */
const MAX_HELD = 1_000;

export interface AttachedSocket {
  /** Cuts every connection, like a lost network. Clients reconnect on their own. */
  dropConnections(): void;
  /** Tells every client that the server shuts down, then closes. */
  close(): void;
}

/** Attaches the socket server. `enter` returns the data that an actor may read. */
export function attachSocket(
  httpServer: HttpServer,
  enter: (actor: Actor) => FeedSource,
  { auth, hosts }: { auth: Auth; hosts: readonly string[] },
): AttachedSocket {
  const admission = createAdmission({ auth, hosts });
  const io: LiveServer = new Server(httpServer, {
    path: SOCKET_PATH,
    transports: ["websocket", "polling"],
    serveClient: false,
    destroyUpgrade: false,
    maxHttpBufferSize: 64 * 1024,
    pingInterval: PING_MS,
    allowRequest: (request, decide) =>
      void admission.enter(request).then((actor) => decide(actor ? null : "refused", actor !== null)),
  });
  io.engine.on("connection", admission.opened);
  io.engine.use(admission.filter);
  io.on("connection", (socket) => {
    const actor = admission.actorOf(socket.request);
    if (actor) serve(socket, enter(actor));
    else socket.disconnect(true);
  });

  const check = () => void dropOthers(io, auth, admission);
  const timer = setInterval(check, IDENTITY_CHECK_MS);
  timer.unref();
  const unsubscribe = auth.onChange(check);

  return {
    dropConnections: () => {
      for (const socket of io.sockets.sockets.values()) socket.conn.close();
    },
    close: () => {
      clearInterval(timer);
      unsubscribe();
      io.emit("server:closing");
      io.disconnectSockets(true);
      io.engine.close();
    },
  };
}

/** Disconnects clients whose session or role has changed. Clients with a new role reconnect on their own. */
async function dropOthers(io: LiveServer, auth: Auth, admission: Admission): Promise<void> {
  for (const socket of io.sockets.sockets.values()) {
    const actor = admission.actorOf(socket.request);
    const isStill = actor && (await auth.isStill(actor, socket.request).catch(() => false));
    if (!isStill) socket.disconnect(true);
  }
}

function serve(socket: LiveSocket, source: FeedSource): void {
  const rooms = new Map<string, () => void>();
  const watching = createWatching();

  /** Opens a room once `ask` resolves. If `ask` fails with a `UserError`, the client gets its message. */
  async function open(
    key: string,
    ask: Promise<unknown>,
    start: () => () => void,
    lose: (why: string) => void,
  ): Promise<void> {
    rooms.get(key)?.();
    const isFull = rooms.size >= MAX_ROOMS && !rooms.has(key);
    // Reserves the place now. If the client leaves before the room opens, the room stays closed.
    const place = () => undefined;
    if (!isFull) rooms.set(key, place);
    try {
      await ask;
      if (rooms.get(key) === place) rooms.set(key, start());
    } catch (error) {
      if (rooms.get(key) === place) rooms.delete(key);
      if (error instanceof Error && error.name === "UserError") lose(error.message);
      else socket.disconnect(true);
    }
  }
  function close(key: string): void {
    rooms.get(key)?.();
    rooms.delete(key);
  }

  socket.on("tree:join", (request: unknown) => {
    const { treeId, cursor, again } = (request ?? {}) as { treeId?: unknown; cursor?: unknown; again?: unknown };
    if (typeof treeId !== "string" || typeof cursor !== "string" || !/^\d{0,15}$/.test(cursor)) return;
    const start = () => {
      const closeRoom = openTreeRoom(socket, source, treeId, cursor, again === true);
      const closeActivities = watching.open(openActivityRoom(socket, source, treeId, watching.task()));
      return () => {
        closeRoom();
        closeActivities();
      };
    };
    const lose = (problem: string) => socket.emit("tree:lost", { treeId, problem });
    void open(`tree:${treeId}`, source.queries.getTree(treeId, { tasks: "none" }), start, lose);
  });
  socket.on("tree:watch", (request: unknown) => {
    const { taskId } = (request ?? {}) as { taskId?: unknown };
    watching.watch(typeof taskId === "string" ? taskId : null);
  });
  socket.on("tree:leave", (request: unknown) => {
    const { treeId } = (request ?? {}) as { treeId?: unknown };
    if (typeof treeId === "string") close(`tree:${treeId}`);
  });
  socket.on("trees:join", (request: unknown) => {
    const { held } = (request ?? {}) as { held?: unknown };
    const ids = Array.isArray(held) ? held.filter((id) => typeof id === "string").slice(0, MAX_HELD) : [];
    const lose = () => socket.disconnect(true);
    void open("trees", source.queries.getStatus(), () => openListRoom(socket, source, ids), lose);
  });
  socket.on("status:join", () => {
    const lose = () => socket.disconnect(true);
    void open("status", source.queries.getStatus(), () => openStatusRoom(socket, source), lose);
  });
  socket.on("trees:leave", () => close("trees"));
  socket.on("disconnect", () => {
    for (const key of [...rooms.keys()]) close(key);
  });
}

/** Keeps which task a client watches, and tells the rooms that send its activity. */
function createWatching() {
  const rooms = new Set<ActivityRoom>();
  let watched: string | null = null;
  return {
    task: () => watched,
    watch(taskId: string | null): void {
      watched = taskId;
      for (const room of rooms) room.watch(taskId);
    },
    /** Returns the function that closes the room. */
    open(room: ActivityRoom): () => void {
      rooms.add(room);
      return () => {
        rooms.delete(room);
        room.close();
      };
    },
  };
}
