/** A real npm registry on the loopback that serves one real package: the filesystem server, bundled into one file. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { sendJson, startHttp } from "@/lib/mcp/testing/http-server";

export const FILESYSTEM = "@modelcontextprotocol/server-filesystem";

export interface Registry {
  /** Settings that make npm use it. */
  env: Record<string, string>;
  stop(): Promise<void>;
}

export async function startRegistry(): Promise<Registry> {
  const folder = mkdtempSync(path.join(tmpdir(), "banyan-registry-"));
  const { version, tarball } = await pack(folder);
  const integrity = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
  const server = await startHttp((request, _body, response) => {
    const url = decodeURIComponent(request.url ?? "");
    if (url === "/filesystem.tgz") return response.writeHead(200).end(tarball);
    if (url !== `/${FILESYSTEM}`) return sendJson(response, 404, { error: "Not found" });
    const dist = { tarball: `http://${request.headers.host}/filesystem.tgz`, integrity };
    const manifest = { name: FILESYSTEM, version, bin: { server: "server.mjs" }, dist };
    sendJson(response, 200, { name: FILESYSTEM, "dist-tags": { latest: version }, versions: { [version]: manifest } });
  });
  return {
    env: {
      npm_config_registry: `${server.origin}/`,
      npm_config_cache: path.join(folder, "cache"),
      npm_config_fetch_retries: "0",
    },
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function pack(folder: string): Promise<{ version: string; tarball: Buffer }> {
  const installed = path.join("node_modules", FILESYSTEM);
  const { version } = JSON.parse(readFileSync(path.join(installed, "package.json"), "utf8")) as { version: string };
  const inside = path.join(folder, "package");
  mkdirSync(inside);
  await build({
    entryPoints: [path.join(installed, "dist/index.js")],
    outfile: path.join(inside, "server.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "error",
  });
  writeFileSync(
    path.join(inside, "package.json"),
    JSON.stringify({ name: FILESYSTEM, version, type: "module", bin: { server: "server.mjs" } }),
  );
  execFileSync("tar", ["-czf", "package.tgz", "package"], { cwd: folder });
  return { version, tarball: readFileSync(path.join(folder, "package.tgz")) };
}

/** A folder that servers in a sandbox may read and write, with one file in it. */
export function sharedFolder(): { path: string; remove(): void } {
  const folder = mkdtempSync(path.join(tmpdir(), "banyan-shared-"));
  chmodSync(folder, 0o777);
  writeFileSync(path.join(folder, "a.txt"), "hello from a file\n", { mode: 0o644 });
  return { path: folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
