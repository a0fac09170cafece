/** Adds the network to a sandbox: the way to the proxy, and the settings that programs read. */
import fs from "node:fs";
import { type HostMount, nodeMounts } from "./mounts";

const SOCKET = "/run/banyan/network.sock";
const FORWARDER = "/run/banyan/forward.cjs";
/** The port on the sandbox's own loopback. */
export const PROXY_PORT = 3128;
const PROXY_URL = `http://127.0.0.1:${PROXY_PORT}`;

/**
 * Forwards connections from the sandbox's loopback to the socket, because programs do not support proxies on unix
 * sockets.
 */
const forwarderScript = (port: number) => `"use strict";
const net = require("node:net");
process.on("uncaughtException", () => undefined);
net
  .createServer({ allowHalfOpen: true }, (inside) => {
    const outside = net.connect({ path: ${JSON.stringify(SOCKET)}, allowHalfOpen: true });
    const end = () => (inside.destroy(), outside.destroy());
    for (const socket of [inside, outside]) socket.on("error", end);
    inside.pipe(outside);
    outside.pipe(inside);
    outside.on("close", () => inside.destroy());
    inside.on("close", () => outside.destroy());
  })
  .listen(${port}, "127.0.0.1", () => process.stdout.write("ready\\n"));
`;

/**
 * The forwarder is not a child of the command, so a program that waits for all its children does not wait for it. The
 * command starts only after the forwarder has reported that it listens.
 */
const prelude = (
  node: string,
) => `read -r up < <(NODE_OPTIONS= ${node} --max-old-space-size=64 ${FORWARDER} < /dev/null 2> /dev/null &)
[ "$up" = ready ] || { echo "The network of the sandbox could not be started." >&2; exit 126; }; unset up; `;

export interface NetworkInside {
  mounts: HostMount[];
  /** Files to create in the sandbox, with their contents. */
  files: Record<string, string>;
  env: Record<string, string>;
  prelude: string;
}

/** Returns the sandbox's network settings for a proxy that listens at `socketPath` on the host. */
export function networkInside(socketPath: string): NetworkInside {
  const names = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];
  const settings = names.flatMap((name) => [name, name.toLowerCase()]).map((name) => [name, PROXY_URL]);
  return {
    ...forwardInside({ socket: socketPath, port: PROXY_PORT }),
    // Newer versions of Node read the proxy settings only with NODE_USE_ENV_PROXY.
    env: { ...Object.fromEntries(settings), NO_PROXY: "", no_proxy: "", NODE_USE_ENV_PROXY: "1" },
  };
}

/** Returns the settings for a sandbox without a network, which reaches only one socket of the host. */
export function forwardInside({ socket, port }: { socket: string; port: number }): NetworkInside {
  return {
    mounts: [{ source: socket, at: SOCKET, writable: false }],
    files: { [FORWARDER]: forwarderScript(port) },
    env: {},
    prelude: prelude(nodeMounts().node),
  };
}

/**
 * Mounts the machine's trusted certificates, but not the private keys beside them. Without a network, too: programs read
 * them first, and would blame them.
 */
export function certificates(): string[] {
  const places = ["/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/pki/tls/certs", "/etc/pki/ca-trust/extracted"];
  return places
    .filter((place) => fs.existsSync(place))
    .flatMap((place) => ["--ro-bind", fs.realpathSync(place), place]);
}
