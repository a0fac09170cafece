/** Starts the real server on a real database for HTTP tests, without the pages. */
import { type Agent, request } from "node:http";
import { join } from "node:path";
import { io, type Socket } from "socket.io-client";
import { onTestFinished } from "vitest";
import { ownerCalled, type Role } from "@/core/rules/roles";
import type { Health } from "@/core/shapes/health";
import { SOCKET_PATH } from "@/core/shapes/wire";
import { openStore, type Store } from "@/db/store";
import { newToken } from "@/lib/auth/token";
import { bindPort } from "@/server/bound-port";
import { createWebServer, type WebServer, type WebServerOptions } from "@/server/web";
import { startTrial, type Trial, type TrialOptions } from "@/tests/agents/trial";

/** A report for servers that are built from parts. */
export const HEALTHY: Health = {
  status: "ok",
  version: "1.2.3",
  commit: null,
  instance: "this-start",
  release: null,
  schema: "a1b2",
  level: 1,
};

export interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer | Buffer;
  agent?: Agent;
}

export interface Answer {
  status: number;
  headers: Record<string, unknown>;
  text: string;
}

/** Sends a request. Unlike fetch, it can set Host and Origin. */
export function ask(url: string, { method = "GET", headers = {}, body, agent }: Asked = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent }, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

export interface Doors {
  trial: Trial;
  store: Store;
  server: WebServer;
  /** Sends a request to a path of the server. */
  ask(path: string, asked?: Asked): Promise<Answer>;
  /** Returns the headers of a new signed-in user with that role. */
  signedIn(role: Role, email?: string): Promise<{ cookie: string }>;
  /** Returns the headers of a new token. */
  token(role: Role, more?: { task?: string; by?: string; expiresAtMs?: number }): Promise<{ authorization: string }>;
  /** Starts another process on the same database. */
  elsewhere(): Store;
  connect(headers: Record<string, string>): Socket;
  /** Returns all rows of the database, except the audit log, which grows with each refusal, and transient tables. */
  everything(): string;
}

/** Also leaves out `last_used_at_ms` of tokens. */
const PASSING = /^(audit|workers|facts|measurements|messages_fts.*|sqlite_.*)$/;

type SignInWays = Pick<WebServerOptions, "google" | "publicUrl">;

export async function startDoors(
  options: TrialOptions = { work: false },
  ways: (store: Store) => SignInWays = () => ({}),
  mcpTimes: WebServerOptions["mcpTimes"] = {},
  createMcp?: WebServerOptions["createMcp"],
): Promise<Doors> {
  const trial = await startTrial(options);
  onTestFinished(() => trial.close());
  const { store, application } = trial.runtime;
  const server = createWebServer({
    app: application,
    people: store.people,
    answers: store.answers,
    a2a: { records: trial.runtime.a2a.records, version: "1.2.3" },
    host: "127.0.0.1",
    bound: await bindPort("127.0.0.1", 0),
    health: async () => HEALTHY,
    ...ways(store),
    mcpTimes,
    createMcp,
    pages: { handle: async (_, response) => void response.end("a page"), upgrade: () => {}, close: async () => {} },
  });
  onTestFinished(() => server.close());
  await server.listen();
  let people = 0;
  return {
    trial,
    store,
    server,
    ask: (path, asked) => ask(`${server.url}${path}`, asked),
    async signedIn(role, email) {
      people += 1;
      const address = email ?? `${role}${people}@example.org`;
      const user = await application.commands.addUser({ email: address, role }, ownerCalled("test"));
      return { cookie: `${server.auth.cookieName}=${await server.auth.startSession(user.id, undefined)}` };
    },
    async token(role, { task, by = "test", expiresAtMs } = {}) {
      people += 1;
      const { token, hash } = newToken();
      const made = { uid: `token${people}`, hash, name: "test", role, task: task ?? null, by };
      await store.people.addToken({ ...made, expiresAtMs: expiresAtMs ?? null });
      return { authorization: `Bearer ${token}` };
    },
    everything() {
      const { sqlite } = store.client;
      const tables = sqlite.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").pluck().all();
      const rows = (tables as string[])
        .filter((name) => !PASSING.test(name))
        .map((name) => [name, sqlite.prepare(`SELECT * FROM ${name}`).all()]);
      return JSON.stringify(rows, (key, value) => (key === "last_used_at_ms" ? undefined : value));
    },
    elsewhere() {
      const other = openStore(join(trial.dataDir, "banyan.db"), { migrations: "drizzle", migrate: false });
      onTestFinished(() => other.close());
      return other;
    },
    connect(headers) {
      const given = { path: SOCKET_PATH, transports: ["websocket"], extraHeaders: headers, reconnection: false };
      const socket = io(server.url, { ...given, forceNew: true });
      onTestFinished(() => void socket.disconnect());
      return socket;
    },
  };
}

export function outcomeOf(socket: Socket): Promise<"connected" | "refused"> {
  return new Promise((resolve) => {
    socket.once("connect", () => resolve("connected"));
    socket.once("connect_error", () => resolve("refused"));
  });
}

/** Resolves when the server has closed the socket. */
export function closed(socket: Socket): Promise<unknown> {
  return new Promise((resolve) => socket.once("disconnect", resolve));
}
