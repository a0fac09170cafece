import http from "node:http";
import type { AddressInfo } from "node:net";

/** A real server on the loopback, which tests allow as a private host. */
export interface LocalServer {
  /** `127.0.0.1:port`. */
  host: string;
  origin: string;
  /** Each request's method and path, in order of arrival. */
  asked: string[];
  /** The number of its open connections. */
  connections(): Promise<number>;
  close(): Promise<void>;
}

export async function startServer(
  answer: (request: http.IncomingMessage, response: http.ServerResponse) => void,
): Promise<LocalServer> {
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    origin: `http://${host}`,
    asked,
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Reads the whole body of a request. */
export async function bodyOf(request: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
