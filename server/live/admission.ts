/**
 * Decides on each request to the socket's path. A socket is one upgraded request, or many plain ones (polling) where a
 * proxy passes on no WebSockets. So the sender of every plain request is checked like the first one.
 */
import { type IncomingMessage, ServerResponse } from "node:http";
import type { Actor } from "@/core/rules/roles";
import type { Auth } from "@/lib/auth/auth";
import { refusalOf } from "@/lib/auth/origin";
import { problem } from "@/lib/http/problem";
import { sendProblem } from "@/server/answers/send";

/** A request as socket.io hands it over, with its own reading of the query. */
type LiveRequest = IncomingMessage & { _query?: Record<string, string | undefined> };

/** What socket.io gives for an upgrade, in place of a response. */
interface Upgrading {
  end(): void;
}

/** What this needs of a connection of socket.io. */
interface OpenConnection {
  id: string;
  request: IncomingMessage;
  once(event: "close", listener: () => void): unknown;
}

export interface Admission {
  /** Returns who opens a socket; null refuses it. */
  enter(request: LiveRequest): Promise<Actor | null>;
  /** Remembers a socket that was opened, until it closes. */
  opened(connection: OpenConnection): void;
  /** Returns who opened the socket with this first request. */
  actorOf(first: IncomingMessage): Actor | undefined;
  /** Passes a request on to socket.io, or answers it. */
  filter(request: LiveRequest, response: ServerResponse | Upgrading, pass: () => void): void;
}

const NO_WEBSOCKETS =
  "This request for a WebSocket arrived without its header Upgrade: let the proxy in front of Banyan pass on WebSockets, as docs/deploy.md says.";

export function createAdmission({ auth, hosts }: { auth: Auth; hosts: readonly string[] }): Admission {
  const actors = new WeakMap<IncomingMessage, Actor>();
  /** The first request of each open connection, by its id. */
  const firsts = new Map<string, IncomingMessage>();
  const logOnce = sayOnce();

  async function goesOn(request: LiveRequest, first: IncomingMessage): Promise<boolean> {
    const opened = actors.get(first);
    const actor = await senderOf(request, auth, hosts);
    return actor !== null && opened !== undefined && actor.id === opened.id && actor.role === opened.role;
  }

  return {
    async enter(request) {
      const actor = await senderOf(request, auth, hosts);
      if (actor) actors.set(request, actor);
      return actor;
    },
    opened(connection) {
      firsts.set(connection.id, connection.request);
      connection.once("close", () => firsts.delete(connection.id));
    },
    actorOf: (first) => actors.get(first),
    filter(request, response, pass) {
      const { transport, sid } = request._query ?? {};
      if (response instanceof ServerResponse) {
        // What a person typed may be in an answer, which no browser may take for a script or a page.
        response.setHeader("x-content-type-options", "nosniff");
        if (transport === "websocket" && request.headers.upgrade === undefined) {
          logOnce();
          return sendProblem(response, problem("invalid-request", NO_WEBSOCKETS));
        }
      }
      const first = sid === undefined ? undefined : firsts.get(sid);
      // The first request of a socket is decided by `enter`; socket.io refuses an id that it does not know.
      if (first === undefined) return pass();
      void goesOn(request, first).then((may) => {
        if (may) pass();
        else if (response instanceof ServerResponse) sendProblem(response, problem("forbidden", NOT_THE_SAME));
        else response.end();
      });
    },
  };
}

const NOT_THE_SAME = "This connection was opened by another sender, so nothing was done.";

/** Says it in the log the first time only: a page asks again and again. */
function sayOnce(): () => void {
  let isSaid = false;
  return () => {
    if (!isSaid)
      console.warn(
        "The proxy in front of Banyan does not pass on WebSockets, so pages ask for news over HTTP (docs/deploy.md).",
      );
    isSaid = true;
  };
}

/** Returns who sends a request; null refuses it. A token for a single task may not see trees, so it is refused. */
async function senderOf(request: LiveRequest, auth: Auth, hosts: readonly string[]): Promise<Actor | null> {
  try {
    // A plain request opens a socket and sends messages, so a browser's word that another site sends it counts for reads too.
    const method = request.headers.upgrade === undefined ? "POST" : "GET";
    if (refusalOf({ method, headers: request.headers }, hosts) !== null) return null;
    const identity = await auth.identify(request);
    return typeof identity === "string" || identity.task !== undefined ? null : identity;
  } catch {
    return null;
  }
}
