/**
 * A port that is bound before the server is ready and listens last, so that nobody connects to a server that cannot
 * answer. Under a launcher the port is inherited: it stays bound between two servers, and connections wait meanwhile.
 */
import { lookup } from "node:dns/promises";
import * as net from "node:net";
import { getSystemErrorName } from "node:util";

export interface BoundPort {
  port: number;
  /** The descriptor, for a process that inherits it; null where Node cannot bind without listening. */
  fd: number | null;
  /** Resolves once the server listens. Rejects with a PortError. */
  listen(server: net.Server): Promise<void>;
  /** Frees a port that never listened. */
  release(): void;
}

/** The server cannot listen; the message says what to do. */
export class PortError extends Error {
  override name = "PortError";
}

interface Handle {
  /** Absent on Windows. */
  fd?: number;
  getsockname(out: { port?: number }): number;
  close(): void;
}

/** Node's own function to bind without listening; not documented, so that it may be missing one day. */
const { _createServerHandle: createHandle } = net as unknown as {
  _createServerHandle?: (address: string | null, port: number, family: number, fd?: number) => Handle | number;
};

/** Binds the port; 0 takes any free one. Rejects with a PortError. */
export async function bindPort(host: string, port: number): Promise<BoundPort> {
  if (!createHandle) return unboundPort(host, port);
  const { address, family } = await lookup(host).catch((error) => {
    throw portError(error as NodeJS.ErrnoException, host, port);
  });
  const handle = createHandle(address, port, family);
  return typeof handle === "number" ? refuse(handle, host, port) : held(handle, host, port);
}

/** Takes the port that a launcher has bound. Rejects with a PortError when the descriptor is none. */
export async function inheritedPort(fd: number, host: string, port: number): Promise<BoundPort> {
  const handle = createHandle?.(null, 0, 0, fd);
  return handle === undefined || typeof handle === "number"
    ? refuse(handle ?? 0, host, port)
    : held(handle, host, port);
}

/** Returns the address under which programs of this machine reach the server. */
export function urlOf(host: string, port: number): string {
  const shown = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  return `http://${shown}:${port}`;
}

function held(handle: Handle, host: string, port: number): BoundPort {
  const name: { port?: number } = {};
  // A port that another program has is noticed here: binding itself reports it late.
  const status = handle.getsockname(name);
  if (status !== 0) {
    handle.close();
    refuse(status, host, port);
  }
  return {
    port: name.port ?? port,
    fd: handle.fd ?? null,
    listen: (server) => listening(server, host, port, () => server.listen(handle)),
    release: () => handle.close(),
  };
}

function refuse(status: number, host: string, port: number): never {
  const error: NodeJS.ErrnoException = new Error(`status ${status}`);
  error.code = status < 0 ? getSystemErrorName(status) : "ENOTSUP";
  throw portError(error, host, port);
}

/** Without Node's function: listens when asked to, and finds a free port before. */
async function unboundPort(host: string, port: number): Promise<BoundPort> {
  const probe = net.createServer();
  await listening(probe, host, port, () => probe.listen({ host, port }));
  const { port: free } = probe.address() as net.AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return {
    port: free,
    fd: null,
    listen: (server) => listening(server, host, free, () => server.listen({ host, port: free })),
    release: () => {},
  };
}

function listening(server: net.Server, host: string, port: number, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(portError(error, host, port)));
    server.once("listening", resolve);
    listen();
  });
}

function portError({ code, message }: NodeJS.ErrnoException, host: string, port: number): PortError {
  if (code === "EADDRINUSE")
    return new PortError(`Port ${port} on ${host} is taken by another program; end it, or set PORT to another number.`);
  if (code === "EACCES")
    return new PortError(`Port ${port} may not be used by this user; set PORT to a number above 1023.`);
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND")
    return new PortError(`HOST is ${host}, which is not an address of this machine; set it to 127.0.0.1.`);
  return new PortError(`The server cannot listen on ${host}:${port}: ${code ?? message}.`);
}
