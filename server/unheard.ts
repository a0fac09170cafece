/**
 * Limits the connections on which no complete request has arrived: idle ones, and those of clients that send half a request.
 * The oldest makes room for a new one, so whoever holds many cannot keep others out.
 */
import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";

export function limitUnheard(server: Server, most: number): void {
  // In the order in which they became idle.
  const unheard = new Set<Socket>();
  const heard = (socket: Socket) => void unheard.delete(socket);
  const wait = (socket: Socket) => {
    if (socket.destroyed) return;
    unheard.add(socket);
    const [oldest] = unheard;
    if (unheard.size > most && oldest) {
      unheard.delete(oldest);
      oldest.destroy();
    }
  };
  server.on("connection", (socket: Socket) => {
    socket.once("close", () => heard(socket));
    wait(socket);
  });
  server.prependListener("request", (request, response) => {
    const { socket } = request;
    if (hasBody(request)) request.once("end", () => heard(socket));
    else heard(socket);
    response.once("close", () => {
      unheard.delete(socket);
      wait(socket);
    });
  });
  server.prependListener("upgrade", ({ socket }) => heard(socket));
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}
