/**
 * Serves the pages' scripts and styles as the build compressed them, which is smaller than compressing each answer. Their
 * names contain a hash of their contents, so browsers keep them for a year.
 */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { pipeline } from "node:stream/promises";

const STATIC_PATH = "/_next/static/";
/** In the order of preference; browsers accept `br` on https and on this machine only. */
const ENCODINGS = [
  { name: "br", extension: ".br" },
  { name: "gzip", extension: ".gz" },
];
const TYPES: Record<string, string> = {
  ".js": "application/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
};

/** Returns a function that sends a compressed file, or resolves with false if Next.js must answer the request. */
export function staticFiles(dir: string) {
  const folder = join(dir, ".next", "static") + sep;
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const type = TYPES[extname(path)];
    if (!type || !path.startsWith(STATIC_PATH) || !/^(GET|HEAD)$/.test(request.method ?? "")) return false;
    const file = normalize(join(folder, path.slice(STATIC_PATH.length)));
    if (!file.startsWith(folder)) return false;
    const found = await compressed(file, String(request.headers["accept-encoding"] ?? ""));
    if (!found) return false;
    response.writeHead(200, {
      "content-type": type,
      "content-encoding": found.encoding,
      "content-length": found.sizeBytes,
      "cache-control": "public, max-age=31536000, immutable",
      vary: "Accept-Encoding",
    });
    if (request.method === "HEAD") response.end();
    // A browser that leaves the page cuts the answer.
    else await pipeline(createReadStream(found.file), response).catch(() => response.destroy());
    return true;
  };
}

async function compressed(file: string, accepted: string) {
  for (const { name, extension } of ENCODINGS) {
    if (!accepts(accepted, name)) continue;
    const stats = await stat(file + extension).catch(() => null);
    if (stats?.isFile()) return { file: file + extension, sizeBytes: stats.size, encoding: name };
  }
  return null;
}

function accepts(header: string, encoding: string): boolean {
  return header.split(",").some((offered) => {
    const [name = "", ...parameters] = offered.split(";").map((part) => part.trim().toLowerCase());
    return name === encoding && !parameters.some((part) => /^q=0(\.0*)?$/.test(part));
  });
}
