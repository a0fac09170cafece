/** One connection to NATS, which reconnects forever. */
import { isIP } from "node:net";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import {
  connect,
  type Msg,
  type NatsConnection,
  type NodeConnectionOptions,
  nkeyAuthenticator,
  type ReconnectToServerHandler,
  type Subscription,
} from "@nats-io/transport-node";
import { NatsError } from "./errors";
import type { LinkOptions, LinkState } from "./port";

/** Short, because who does not know that it is cut off still works for a tree that may have been moved. */
const PING_MS = 2_000;
const UNANSWERED_PINGS = 2;
const CONNECT_MS = 5_000;
const RECONNECT_EVERY_MS = 250;

export interface NatsLink extends LinkState {
  readonly connection: NatsConnection;
  /** Calls the listener when the owner closes the link. Returns a function that removes the listener. */
  onClose(listener: () => void): () => void;
  /** Ends the connection with this node, and connects to another one. With one node it does nothing. */
  leaveNode(): void;
  close(): Promise<void>;
}

/**
 * Connects as one user, with an inbox of its own. Throws NatsError when no node answers at this first time, or the
 * settings, the key or a certificate is wrong; later failures only make it reconnect.
 */
export async function connectNats(options: LinkOptions, name: string): Promise<NatsLink> {
  const { addresses, tls } = addressesOf(options);
  const choice = chooseNode();
  const given: NodeConnectionOptions = {
    servers: addresses,
    name,
    inboxPrefix: `_INBOX_${name}`,
    authenticator: nkeyAuthenticator(new TextEncoder().encode(options.seed)),
    tls,
    timeout: CONNECT_MS,
    pingInterval: options.pingMs ?? PING_MS,
    maxPingOut: UNANSWERED_PINGS,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_EVERY_MS,
    reconnectToServer: choice.choose,
    // A key that the nodes do not know yet becomes known when they start again.
    ignoreAuthErrorAbort: true,
  };
  let connection: NatsConnection;
  try {
    connection = await connect(given);
  } catch (error) {
    throw asNatsError(error, options.servers);
  }
  return linkOver(connection, () => {
    if (connection.getServers().length < 2) return;
    choice.avoid(connection.getServer());
    void connection.reconnect();
  });
}

interface NodeChoice {
  /** The next time, the connection does not go to this node. */
  avoid(node: string): void;
  choose: ReconnectToServerHandler;
}

/** The client goes back to the node that it had. It may be the only one that answers, so it is left out once. */
function chooseNode(): NodeChoice {
  let avoided: string | null = null;
  return {
    avoid(node) {
      avoided = node;
    },
    choose(nodes) {
      if (nodes[0]?.listen !== avoided) return null;
      avoided = null;
      return nodes[1] ?? null;
    },
  };
}

function linkOver(connection: NatsConnection, leaveNode: () => void): NatsLink {
  let isUp = true;
  const lost = new Set<() => void>();
  const back = new Set<() => void>();
  const closing = new Set<() => void>();
  const change = (now: boolean) => {
    if (isUp === now) return;
    isUp = now;
    for (const listener of [...(now ? back : lost)]) listener();
  };
  const watch = async () => {
    for await (const { type } of connection.status()) {
      if (type === "disconnect" || type === "staleConnection" || type === "close") change(false);
      else if (type === "reconnect") change(true);
    }
  };
  void watch();
  return {
    connection,
    isUp: () => isUp && !connection.isClosed(),
    onLost: (listener) => added(lost, listener),
    onBack: (listener) => added(back, listener),
    onClose: (listener) => added(closing, listener),
    leaveNode,
    close() {
      for (const listener of [...closing]) listener();
      return connection.close();
    },
  };
}

/** Calls `take` with each message of the subject. NATS's refusal of a subscription ends it, which nobody has to hear. */
export function listen(connection: NatsConnection, subject: string, take: (message: Msg) => void): Subscription {
  return connection.subscribe(subject, {
    callback(error, message) {
      if (!error) take(message);
    },
  });
}

/** Adds the listener, and returns a function that removes it. */
export function added<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** Returns what the client connects to, and how. Throws NatsError when an address would send secrets unencrypted. */
function addressesOf({ servers, ca }: LinkOptions): { addresses: string[]; tls: Tls | null } {
  const urls = servers.map(readAddress);
  if (urls.length === 0)
    throw new NatsError(
      "wrong-settings",
      "No NATS server is named: give an address such as tls://nats.example.org:4222.",
    );
  const plain = urls.filter(({ protocol }) => protocol === "nats:");
  if (plain.length > 0 && plain.length < urls.length)
    throw new NatsError(
      "wrong-settings",
      "Some NATS addresses start with tls:// and some with nats://: use tls:// for all.",
    );
  const open = plain.find(({ hostname }) => !LOOPBACK.has(hostname));
  if (open)
    throw new NatsError(
      "wrong-settings",
      `The address nats://${open.host} would send everything unencrypted: write tls://${open.host}, and give the NATS server a certificate.`,
    );
  const tls = { ...(ca !== undefined && { ca }), checkServerIdentity: checkOf(urls.map(({ hostname }) => hostname)) };
  const addresses = urls.map(({ hostname, port }) => `${hostname}:${port || "4222"}`);
  return { addresses, tls: plain.length > 0 ? null : tls };
}

interface Tls {
  ca?: string;
  checkServerIdentity: typeof checkServerIdentity;
}

/**
 * Returns the check of a node's certificate. The client tells its name only for hosts that have one: for addresses it would
 * be `localhost`, which is not who was meant. The certificate must be for one of the addresses then.
 */
function checkOf(hosts: readonly string[]): typeof checkServerIdentity {
  const addresses = hosts.map((host) => host.replace(/^\[|\]$/g, "")).filter((host) => isIP(host) !== 0);
  const areAll = addresses.length === hosts.length;
  return (host: string, certificate: PeerCertificate) => {
    const faults = [...(areAll ? [] : [host]), ...addresses].map((name) => checkServerIdentity(name, certificate));
    return faults.includes(undefined) ? undefined : faults[0];
  };
}

function readAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isAddress = url && ["nats:", "tls:"].includes(url.protocol) && url.hostname !== "" && url.username === "";
  if (!isAddress)
    throw new NatsError(
      "wrong-settings",
      "A NATS address must be given as tls://host:port, without a user or password.",
    );
  return url;
}

/** Says in one sentence why the first connection failed. */
function asNatsError(error: unknown, servers: readonly string[]): NatsError {
  const at = servers.join(", ");
  const { name, code } = causeOf(error);
  if (name === "AuthorizationError")
    return new NatsError(
      "refused",
      `The NATS server at ${at} does not know this key: copy the newest file of users to it, and start it again.`,
    );
  if (
    code.startsWith("ERR_TLS") ||
    code.includes("CERT") ||
    code.includes("VERIFY") ||
    code === "ERR_SSL_WRONG_VERSION_NUMBER"
  )
    return new NatsError(
      "untrusted",
      `The certificate of the NATS server at ${at} is not trusted (${code}): give the file of its certificate authority, and use the name in the certificate.`,
    );
  return new NatsError(
    "unreachable",
    `No NATS server answers at ${at}${code ? ` (${code})` : ""}: check the address, and that it runs.`,
  );
}

/** Returns the class of the error, and the code of the deepest cause that has one. */
function causeOf(error: unknown): { name: string; code: string } {
  let code = "";
  for (let at = error; at instanceof Error; at = at.cause)
    if ("code" in at && typeof at.code === "string") code = at.code;
  return { name: error instanceof Error ? error.name : "", code };
}
