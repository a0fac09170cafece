/** Serves the site as it is now: each request renders it anew. */
import { createServer, type Server } from "node:http";
import path from "node:path";
import { renderSite } from "./site.ts";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".webp": "image/webp",
  ".ico": "image/x-icon",
};

export function previewServer(folder: string): Server {
  return createServer(({ url = "/" }, response) => {
    const file = fileAt(url);
    const content = file === undefined ? undefined : renderSite(folder).files.get(file);
    if (file === undefined || content === undefined) {
      response.writeHead(404, { "content-type": "text/plain; charset=utf-8" }).end("There is no such page.\n");
      return;
    }
    response.writeHead(200, { "content-type": TYPES[path.extname(file)] ?? "application/octet-stream" }).end(content);
  });
}

/** Returns undefined for an address that is none. */
function fileAt(url: string): string | undefined {
  try {
    const place = decodeURI(new URL(url, "http://localhost").pathname).slice(1);
    return place === "" || place.endsWith("/") ? `${place}index.html` : place;
  } catch {
    return undefined;
  }
}
