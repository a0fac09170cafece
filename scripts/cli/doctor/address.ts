/** The part of `doctor` that goes the way of people's browsers: to BANYAN_URL, through the proxy in front of Banyan. */
import { randomBytes } from "node:crypto";
import { type ClientRequest, type IncomingMessage, request as plain } from "node:http";
import { request as encrypted } from "node:https";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { SOCKET_PATH } from "@/core/shapes/wire";
import { type Context, withActing } from "@/scripts/cli/context/context";
import { tokenOf } from "@/scripts/cli/mcp/token";
import type { Finding } from "./finding";
import type { ServerAnswer } from "./server-view";

const NAME = "Address";
const ANSWER_MS = 10_000;
const MOST_BYTES = 65_536;

const health = z.object({ instance: z.string() });
const refused = z.object({ detail: z.string() });

/** Returns nothing when people reach Banyan without a proxy, or when no server could answer. Never rejects. */
export async function address(context: Context, server: ServerAnswer): Promise<Finding[]> {
  const { publicUrl, dataDir } = context.settings;
  if (publicUrl === null || server.kind !== "answered") return [];
  try {
    const { token } = await withActing(context, ({ application }) => tokenOf(application, dataDir, "viewer", "doctor"));
    return [await wayIn(publicUrl, server.url, token)];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [warning(`BANYAN_URL ${publicUrl} could not be reached from this machine: ${why}.`, UNREACHED)];
  }
}

const UNREACHED =
  "If browsers reach it, all is well; else look at the name, the certificate and the proxy (docs/deploy.md).";
const PASS_HOST = "The proxy must pass on Host as it came, and the server must be started with the same BANYAN_URL.";
const WEBSOCKETS =
  "Let it pass on Upgrade and Connection, as docs/deploy.md shows. Until then pages ask for news over HTTP, a little later.";

/** Goes through the proxy at `publicUrl` to the server at `ownUrl`. */
export async function wayIn(publicUrl: string, ownUrl: string, token: string): Promise<Finding> {
  // As a page of that address sends it, so a changed Host is refused like the page's own requests.
  const through = await answered(send(`${publicUrl}/health`, { origin: publicUrl }));
  const body = jsonIn(await bodyOf(through));
  const said = refused.safeParse(body);
  if (through.statusCode === 403 && said.success) return warning(`At BANYAN_URL: ${said.data.detail}`, PASS_HOST);
  const here = health.safeParse(jsonIn(await bodyOf(await answered(send(`${ownUrl}/health`, {})))));
  const there = health.safeParse(body);
  if (!there.success || !here.success)
    return warning(
      `BANYAN_URL ${publicUrl} does not lead to Banyan: status ${through.statusCode}.`,
      `Let the proxy there pass every path on to ${ownUrl} (docs/deploy.md).`,
    );
  if (there.data.instance !== here.data.instance)
    return warning(
      `BANYAN_URL ${publicUrl} leads to another server than ${ownUrl}.`,
      "Correct the proxy or BANYAN_URL.",
    );
  if (!(await takesWebSockets(publicUrl, token)))
    return warning(`The proxy at BANYAN_URL ${publicUrl} does not pass on WebSockets.`, WEBSOCKETS);
  return { name: NAME, mark: "ok", text: `${publicUrl} leads here, and passes on WebSockets.`, remedy: "" };
}

async function takesWebSockets(publicUrl: string, token: string): Promise<boolean> {
  const asked = send(`${publicUrl}${SOCKET_PATH}/?EIO=4&transport=websocket`, {
    authorization: `Bearer ${token}`,
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": randomBytes(16).toString("base64"),
  });
  const upgraded = new Promise<boolean>((resolve) =>
    asked.once("upgrade", (_, socket, head) => {
      const end = (isPassed: boolean) => {
        resolve(isPassed);
        socket.destroy();
      };
      // A proxy may accept the upgrade itself, and pass nothing on.
      if (head.length > 0) return end(true);
      socket.once("data", () => end(true)).once("close", () => end(false));
      socket.setTimeout(ANSWER_MS, () => end(false));
    }),
  );
  const refusedIt = answered(asked).then((response) => {
    response.destroy();
    return false;
  });
  const outcome = await Promise.race([upgraded, refusedIt]);
  asked.destroy();
  return outcome;
}

function send(url: string, headers: Record<string, string>): ClientRequest {
  const start = url.startsWith("https:") ? encrypted : plain;
  const asked = start(url, { headers, agent: false, signal: AbortSignal.timeout(ANSWER_MS) });
  // What it ends with is heard in `answered`, and an end after the answer is nobody's concern.
  asked.on("error", () => {});
  asked.end();
  return asked;
}

function answered(asked: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    asked.once("response", resolve);
    asked.once("error", reject);
  });
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  return Number(response.headers["content-length"] ?? 0) > MOST_BYTES ? "" : text(response);
}

function jsonIn(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

function warning(said: string, remedy: string): Finding {
  return { name: NAME, mark: "warn", text: said, remedy };
}
