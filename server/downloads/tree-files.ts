/**
 * Files of a tree as bytes: one file, a zip, a patch, or a file of a tool's response. Agents wrote them, so no browser may run them in this origin:
 * they are attachments without a guessed type, and in a sandbox if a browser opens them anyway.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { GuardedApplication } from "@/agents/guard/guard";
import { problemOfError } from "@/lib/http/problem";
import { zipStream } from "@/lib/zip/zip-stream";
import { seqOf, unknownParameter } from "@/server/http/v1/query";
import { sendProblem, takesMethod } from "../answers/send";

/** Pages show these with <img>, which runs nothing, not even the scripts of an SVG. */
const IMAGES: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  svg: "image/svg+xml",
};

/** The query parameters of each kind of file. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  attachments: [],
  files: ["at"],
  patch: ["task"],
  "full-archive": [],
  archive: ["at", "task", "only"],
};

/** Returns whether a decoded path below `/api/v1/` is answered here. No other route has such a path. */
export function isOfTreeFiles([unit, id, what, ...rest]: readonly string[]): boolean {
  if (!id) return false;
  if (unit === "messages") return what === "attachments" && rest.length === 1;
  if (unit !== "trees") return false;
  return what === "files" ? rest.length > 0 : isWhole(what) && rest.length === 0;
}

function isWhole(what: string | undefined): boolean {
  return what === "archive" || what === "patch" || what === "full-archive";
}

/** Sends the bytes, or a problem document; after the headers, the connection is cut instead. */
export async function answerTreeFiles(
  app: GuardedApplication,
  request: IncomingMessage,
  response: ServerResponse,
  path: readonly string[],
  query: URLSearchParams,
): Promise<void> {
  if (!takesMethod(request, response, ["GET"])) return;
  const [, id = "", what = "", ...rest] = path;
  const unknown = unknownParameter(query, PARAMETERS[what] ?? []);
  if (unknown) return sendProblem(response, unknown);
  const isHead = request.method === "HEAD";
  const at = query.get("at") ?? undefined;
  const task = query.get("task") ?? undefined;
  try {
    if (what === "attachments") {
      const { name, mediaType, bytes } = await app.queries.openAttachment(seqOf(id), rest.join("/"));
      response.writeHead(200, { ...headersOf(mediaType, name), "content-length": bytes.length });
      return void response.end(isHead ? undefined : bytes);
    }
    if (what === "files") {
      const { name, bytes, read } = await app.queries.openFile(id, rest.join("/"), { at });
      response.writeHead(200, { ...headersOf(typeOf(name), name), "content-length": bytes });
      return isHead ? void response.end() : await sendBytes(read(), response);
    }
    if (what === "patch") {
      const { name, bytes, read } = await app.queries.openPatch(id, { task });
      response.writeHead(200, { ...headersOf("application/octet-stream", name), "content-length": bytes });
      return isHead ? void response.end() : await sendBytes(read(), response);
    }
    if (what === "full-archive") {
      const { name, read } = await app.commands.archiveTrees({ trees: [id] });
      response.writeHead(200, headersOf("application/zip", name));
      return isHead ? void response.end() : await sendBytes(read(), response);
    }
    const changedOnly = query.get("only") === "changed";
    const { name, read } = await app.queries.openArchive(id, { at, task, changedOnly });
    response.writeHead(200, headersOf("application/zip", name));
    if (isHead) response.end();
    else await sendBytes(zipStream(read()), response);
  } catch (error) {
    // Cutting the connection lets the client see that the file is incomplete.
    if (response.headersSent) return void response.destroy();
    const known = problemOfError(error);
    if (!known) throw error;
    sendProblem(response, known);
  }
}

function sendBytes(bytes: AsyncIterable<Uint8Array>, response: ServerResponse): Promise<void> {
  return pipeline(Readable.from(bytes, { objectMode: false }), response);
}

function typeOf(name: string): string {
  return IMAGES[name.split(".").at(-1)?.toLowerCase() ?? ""] ?? "application/octet-stream";
}

function headersOf(type: string, name: string) {
  return {
    "content-type": type,
    "content-disposition": `attachment; filename="${plain(name)}"; filename*=UTF-8''${encoded(name)}`,
    "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
  };
}

/** For clients that do not know `filename*`. */
const plain = (name: string) => name.replace(/[^\x20-\x7e]|["\\%]/g, "_").slice(0, 150) || "file";

/** As RFC 8187 wants it. Half a surrogate pair cannot be encoded, so it is replaced. */
const encoded = (name: string) =>
  encodeURIComponent(Buffer.from([...name].slice(0, 150).join("")).toString()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
