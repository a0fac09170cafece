/** What a sandbox with a network holds beyond one without: the way to the proxy, and the settings that programs look at. */
import fs from "node:fs";
import { type HostMount, nodeMounts } from "./mounts";

const SOCKET = "/run/banyan/network.sock";
const FORWARDER = "/run/banyan/forward.cjs";
/** On the sandbox's own loopback. */
export const PROXY_PORT = 3128;
const PROXY_URL = `http://127.0.0.1:${PROXY_PORT}`;

/** Carries connections from the sandbox's loopback to the socket; programs speak no proxy on unix sockets. */
const FORWARDER_SCRIPT = `"use strict";
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
  .listen(${PROXY_PORT}, "127.0.0.1", () => process.stdout.write("ready\\n"));
`;

/**
 * The forwarder is nobody's child: a program that waits for all of its children does not wait for it. It has said that it
 * listens before the command starts.
 */
const prelude = (
  node: string,
) => `read -r up < <(NODE_OPTIONS= ${node} --max-old-space-size=64 ${FORWARDER} < /dev/null 2> /dev/null &)
[ "$up" = ready ] || { echo "The network of the sandbox could not be started." >&2; exit 126; }; unset up; `;

export interface NetworkInside {
  mounts: HostMount[];
  extraArguments: string[];
  /** Made in the sandbox with these contents. */
  files: Record<string, string>;
  env: Record<string, string>;
  prelude: string;
}

/** `socketPath` is where the proxy listens on the host. */
export function networkInside(socketPath: string): NetworkInside {
  const names = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];
  const settings = names.flatMap((name) => [name, name.toLowerCase()]).map((name) => [name, PROXY_URL]);
  return {
    mounts: [{ source: socketPath, at: SOCKET, writable: false }],
    extraArguments: certificates(),
    files: { [FORWARDER]: FORWARDER_SCRIPT },
    // Newer Nodes look at the settings only when they are told to.
    env: { ...Object.fromEntries(settings), NO_PROXY: "", no_proxy: "", NODE_USE_ENV_PROXY: "1" },
    prelude: prelude(nodeMounts().node),
  };
}

/** What the machine's programs trust. Private keys lie beside these folders and are not shown. */
function certificates(): string[] {
  const places = ["/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/pki/tls/certs", "/etc/pki/ca-trust/extracted"];
  return places
    .filter((place) => fs.existsSync(place))
    .flatMap((place) => ["--ro-bind", fs.realpathSync(place), place]);
}
