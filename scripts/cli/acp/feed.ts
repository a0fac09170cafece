/** Follows a tree over the server's socket, also after the server restarts at another address. */
import { io, type Socket } from "socket.io-client";
import { type BrowserEvents, type ServerEvents, SOCKET_PATH, type TreeBatch } from "@/core/shapes/wire";
import { type FindServer, tokenRefusal } from "./api";

export interface FeedOptions {
  find: FindServer;
  treeId: string;
  /** `seq` of the last message that is known, as text; "" for none. */
  cursor: string;
  onBatch(batch: TreeBatch): void;
  /** Called once for each outage. */
  onLost(): void;
  /** The tree cannot be followed, for example because it was deleted or the token was revoked. */
  onGone(problem: string): void;
}

export interface Feed {
  close(): void;
  isLost(): boolean;
}

interface Context extends FeedOptions {
  socket: Socket<ServerEvents, BrowserEvents> | null;
  timer: NodeJS.Timeout | null;
  isLost: boolean;
  isClosed: boolean;
}

const RETRY_MS = 500;

export function openFeed(options: FeedOptions): Feed {
  const context: Context = { ...options, socket: null, timer: null, isLost: false, isClosed: false };
  void connect(context);
  return {
    isLost: () => context.isLost,
    close() {
      context.isClosed = true;
      if (context.timer) clearTimeout(context.timer);
      context.socket?.disconnect();
    },
  };
}

async function connect(context: Context): Promise<void> {
  const reach = await context.find().catch(() => null);
  if (context.isClosed) return;
  if (!reach) return lose(context);
  const socket: Socket<ServerEvents, BrowserEvents> = io(reach.url, {
    path: SOCKET_PATH,
    transports: ["websocket"],
    extraHeaders: { authorization: `Bearer ${reach.token}` },
    // The next connection looks for the address again.
    reconnection: false,
    forceNew: true,
  });
  context.socket = socket;
  socket.on("connect", () => {
    context.isLost = false;
    // All rows, because rows may have changed without a message.
    socket.emit("tree:join", { treeId: context.treeId, cursor: context.cursor, again: true });
  });
  socket.on("tree:batch", (batch, taken) => {
    if (context.isClosed) return;
    const known = Number(context.cursor);
    const messages = batch.messages.filter(({ seq }) => seq > known);
    context.cursor = batch.cursor;
    context.onBatch({ ...batch, messages });
    taken();
  });
  socket.on("tree:now", (_, taken) => taken());
  socket.on("tree:lost", ({ problem }) => context.onGone(problem));
  socket.on("disconnect", () => again(context));
  socket.on("connect_error", () => void refused(context));
}

/** A server that is there and refuses the token will not take it later either. */
async function refused(context: Context): Promise<void> {
  const problem = await tokenRefusal(context.find);
  if (problem === null || context.isClosed) lose(context);
  else context.onGone(problem);
}

/** A server that hands over is back at once, so the first failed attempt is not reported. */
function again(context: Context): void {
  if (!context.isClosed) context.timer = setTimeout(() => void connect(context), RETRY_MS);
}

function lose(context: Context): void {
  if (context.isClosed) return;
  if (!context.isLost) {
    context.isLost = true;
    context.onLost();
  }
  again(context);
}
