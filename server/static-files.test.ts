import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { staticFiles } from "./static-files";
import { ask } from "./testing/doors";

const CODE = "export const answer = 42;\n".repeat(50);
let dir: string;
let server: Server;
let url: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "banyan-static-"));
  const chunks = join(dir, ".next/static/chunks");
  mkdirSync(chunks, { recursive: true });
  writeFileSync(join(chunks, "a.js"), CODE);
  writeFileSync(join(chunks, "a.js.br"), brotliCompressSync(CODE));
  writeFileSync(join(chunks, "a.js.gz"), gzipSync(CODE));
  writeFileSync(join(chunks, "plain.js"), CODE);
  writeFileSync(join(dir, "secret.js.br"), brotliCompressSync("secret"));
  const answer = staticFiles(dir);
  server = createServer(async (request, response) => {
    if (!(await answer(request, response))) response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(dir, { recursive: true });
});

const get = (path: string, accepted: string, method = "GET") =>
  ask(`${url}${path}`, { method, headers: { "accept-encoding": accepted } });

test("sends the best compression that the browser accepts, to keep for a year", async () => {
  const best = await get("/_next/static/chunks/a.js", "gzip, deflate, br, zstd");
  expect(best.headers).toMatchObject({
    "content-encoding": "br",
    "content-length": String(brotliCompressSync(CODE).length),
    "content-type": "application/javascript; charset=utf-8",
    "cache-control": "public, max-age=31536000, immutable",
    vary: "Accept-Encoding",
  });
  expect((await get("/_next/static/chunks/a.js", "gzip, br;q=0")).headers["content-encoding"]).toBe("gzip");
  const head = await get("/_next/static/chunks/a.js", "br", "HEAD");
  expect([head.status, head.text, head.headers["content-encoding"]]).toEqual([200, "", "br"]);
});

test.each([
  ["no compression is accepted", "/_next/static/chunks/a.js", "identity", "GET"],
  ["the build has no compressed file", "/_next/static/chunks/plain.js", "br", "GET"],
  ["the file is missing", "/_next/static/chunks/none.js", "br", "GET"],
  ["it is another kind of file", "/_next/static/media/font.woff2", "br", "GET"],
  ["it is a page", "/trees", "br", "GET"],
  ["the path leads out of the folder", "/_next/static/..%2f..%2fsecret.js", "br", "GET"],
  ["it is not read", "/_next/static/chunks/a.js", "br", "POST"],
])("leaves the request to Next.js when %s", async (_, path, accepted, method) => {
  expect((await get(path, accepted, method)).status).toBe(204);
});
