/**
 * An address at which programs of a task reach models: on 127.0.0.1 for all of them, and on a unix socket for one whose
 * sandbox has no network. A program shows a token, which stands for one call of one task and is known to nobody else.
 */
import { createHash, randomBytes } from "node:crypto";
import { setMaxListeners } from "node:events";
import { chmodSync, lstatSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ProviderSettings } from "@/lib/models/providers/table";
import type { Budget } from "./budget";
import { answer, exchange, refuse } from "./exchange";
import type { Json } from "./forms/form";
import { createKnownInputs, type KnownInputs } from "./known-inputs";
import { formFor, type Route, routeOf } from "./routes";

interface OpenOptions {
  budget: Budget;
  /** The path of a unix socket to listen on besides; its folder decides who reaches it. */
  socket?: string;
  /** Called for everything that passes through. */
  onActivity(): void;
}

/** An open gateway. */
export interface Door {
  /** `http://127.0.0.1:<port>`: for all four wire forms, without `/v1`. */
  url: string;
  token: string;
  socket: string | null;
  /** Ends the token's validity at once and cuts its streams. Resolves when each of its requests is settled. */
  revoke(): Promise<void>;
}

export interface ModelGateway {
  open(options: OpenOptions): Promise<Door>;
  close(): Promise<void>;
}

export interface GatewayOptions {
  /** Keys and addresses; read for each request, because a person may change them. */
  access(): ProviderSettings;
  report(message: string, error?: unknown): void;
}

/** More are an agent out of control. */
const MOST_AT_ONCE = 32;
/** Programs without a token can connect, too, so this bounds what they take. */
const MOST_CONNECTIONS = 1_024;

interface Session {
  options: OpenOptions;
  revoked: AbortController;
  running: Set<Promise<void>>;
  inputs: KnownInputs;
  /** The bytes of its requests that are under way. */
  held: { bytes: number };
}

interface Context {
  options: GatewayOptions;
  /** By the hash of the token, so that a lookup tells nothing about it. */
  sessions: Map<string, Session>;
  listening: Promise<Server> | null;
}

/** Nothing listens before the first call opens a door. */
export function createModelGateway(options: GatewayOptions): ModelGateway {
  const context: Context = { options, sessions: new Map(), listening: null };
  return {
    open: (given) => open(context, given),
    async close() {
      await Promise.all([...context.sessions].map(([key, session]) => revoke(context, key, session)));
      const server = await context.listening;
      if (server) await end(server);
    },
  };
}

async function open(context: Context, options: OpenOptions): Promise<Door> {
  context.listening ??= listen(context, { port: 0, host: "127.0.0.1" }, null).catch((error: unknown) => {
    context.listening = null;
    throw error;
  });
  const server = await context.listening;
  const { port } = server.address() as AddressInfo;
  // Of the form of a key, so that the redactor finds it in texts.
  const token = `sk-banyan-${randomBytes(32).toString("base64url")}`;
  const key = hashOf(token);
  const session: Session = {
    options,
    revoked: new AbortController(),
    running: new Set(),
    inputs: createKnownInputs(),
    held: { bytes: 0 },
  };
  // Each running request listens, and Node warns of more than ten.
  setMaxListeners(0, session.revoked.signal);
  const own = options.socket === undefined ? null : await listenOnSocket(context, options.socket, key);
  context.sessions.set(key, session);
  let isRevoked: Promise<void> | null = null;
  return {
    url: `http://127.0.0.1:${port}`,
    token,
    socket: options.socket ?? null,
    revoke() {
      isRevoked ??= revoke(context, key, session).then(() => (own ? end(own) : undefined));
      return isRevoked;
    },
  };
}

async function revoke({ sessions }: Context, key: string, session: Session): Promise<void> {
  sessions.delete(key);
  session.revoked.abort(new Error("The token was revoked."));
  await Promise.all(session.running);
}

async function listenOnSocket(context: Context, path: string, key: string): Promise<Server> {
  // A process that was killed leaves its socket.
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket()) rmSync(path);
  const server = await listen(context, { path }, key);
  // A sandbox may run as another account. As on 127.0.0.1, the token decides.
  chmodSync(path, 0o666);
  return server;
}

/** `only`: the key of the single token that this address takes. */
function listen(context: Context, at: { port: number; host: string } | { path: string }, only: string | null) {
  const server = createServer((incoming, response) => {
    // A client's broken connection is no fault of this process.
    response.on("error", () => response.destroy());
    handle(context, incoming, response, only).catch((error: unknown) => {
      if (incoming.errored === null) context.options.report("The model gateway failed at a request.", error);
      refuse(response, { form: formFor(incoming.url) }, { code: "fault" });
      if (!response.writableEnded) response.destroy();
    });
  });
  server.maxConnections = only === null ? MOST_CONNECTIONS : MOST_AT_ONCE * 2;
  return new Promise<Server>((resolve, reject) => {
    server.once("error", reject);
    server.listen(at, () => {
      server.off("error", reject);
      // Such as no free file descriptor for a connection.
      server.on("error", (error) => context.options.report("The model gateway could not take a connection.", error));
      resolve(server);
    });
  });
}

function end(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function handle(
  context: Context,
  incoming: IncomingMessage,
  response: ServerResponse,
  only: string | null,
): Promise<void> {
  const form = formFor(incoming.url);
  const session = sessionOf(context, incoming, only);
  if (!session) return refuse(response, { form }, { code: "token" });
  const route = routeOf(incoming.method, incoming.url);
  if (!route) return refuse(response, { form }, { code: "path" });
  if (route.does === "list") return answer(response, 200, listOf(session.options.budget.models, route));
  if (session.running.size >= MOST_AT_ONCE) return refuse(response, route, { code: "too_many" });
  const gone = new AbortController();
  response.once("close", () => gone.abort(new Error("The agent went away.")));
  const signal = AbortSignal.any([session.revoked.signal, gone.signal]);
  // A revoked token cuts its streams, whether or not the provider still sends.
  const cut = () => response.destroy();
  session.revoked.signal.addEventListener("abort", cut, { once: true });
  const { inputs, held, options } = session;
  const { budget, onActivity } = options;
  const access = context.options.access();
  const work = exchange({ route, incoming, response, budget, access, inputs, held, signal, onActivity });
  const running = work.then(nothing, nothing);
  session.running.add(running);
  try {
    await work;
  } finally {
    session.running.delete(running);
    session.revoked.signal.removeEventListener("abort", cut);
  }
}

function nothing(): void {}

/** Returns the session of the token that a request shows. A request that shows two different ones shows none. */
function sessionOf({ sessions }: Context, { headers, url }: IncomingMessage, only: string | null): Session | null {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? "")?.[1];
  const named = [headers["x-api-key"], headers["x-goog-api-key"]].flatMap((value) => value ?? []);
  const asked = new URLSearchParams((url ?? "").split("?", 2)[1] ?? "").getAll("key");
  const tokens = new Set([...(headers.authorization === undefined ? [] : [bearer ?? ""]), ...named, ...asked]);
  const [token] = tokens;
  if (tokens.size !== 1 || !token) return null;
  const key = hashOf(token);
  return only === null || only === key ? (sessions.get(key) ?? null) : null;
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("base64");
}

/** A list of models that programs of all forms understand. */
function listOf(models: readonly string[], { form }: Route): Json {
  const names = models.map((model) => model.slice(model.indexOf("/") + 1));
  if (form.providers.includes("google"))
    return {
      models: names.map((name) => ({ name: `models/${name}`, supportedGenerationMethods: ["generateContent"] })),
    };
  const data = names.map((id) => ({ id, object: "model", type: "model", display_name: id, owned_by: "banyan" }));
  return { object: "list", data, has_more: false, first_id: names[0] ?? null, last_id: names.at(-1) ?? null };
}
