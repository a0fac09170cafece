/** Lets programs of this machine reach a running service at a port of its loopback. */
import net from "node:net";
import type { RunningEnvironment } from "./environment";

/** More at once are no person who tries a service. */
const MOST_CONNECTIONS = 256;

export interface LocalPort {
  port: number;
  close(): Promise<void>;
}

/** `port` 0: any that is free. Rejects with one sentence when it is taken. */
export async function openLocalPort(
  { connect }: Pick<RunningEnvironment, "connect">,
  port: number,
): Promise<LocalPort> {
  const open = new Set<net.Socket>();
  const server = net.createServer({ allowHalfOpen: true }, (outside) => {
    const inside = connect();
    for (const socket of [inside, outside]) {
      open.add(socket);
      socket.on("error", () => void [inside, outside].map((one) => one.destroy()));
      socket.on("close", () => {
        open.delete(socket);
        inside.destroy();
        outside.destroy();
      });
    }
    inside.pipe(outside);
    outside.pipe(inside);
  });
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", () =>
      reject(new Error(`Port ${port} of this machine is taken: choose another one with --port.`)),
    );
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : port,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
