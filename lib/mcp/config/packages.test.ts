import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createMcpPool } from "@/lib/mcp/calls/pool";
import { type HttpFixture, sendJson, startHttp } from "@/lib/mcp/testing/http-server";
import { misbehavingServer, temporaryFolder } from "@/lib/mcp/testing/places";
import { createSandbox } from "@/lib/sandbox/sandbox";
import { testedSandbox } from "@/lib/sandbox/testing/tested";
import { type PackageOptions, packageFolder, pinPackage } from "./packages";
import type { StdioServer } from "./types";

const base = temporaryFolder();
const sandbox = createSandbox({ tested: testedSandbox });
let registry: HttpFixture;
let options: PackageOptions;
/** The files that the registry serves, by name. */
const tarballs = new Map<string, Buffer>();

/** A real npm registry for one package, with what `npm install` needs. */
beforeAll(async () => {
  registry = await startHttp((request, _body, response) => {
    const tarball = tarballs.get(path.basename(request.url ?? ""));
    if (tarball) return response.writeHead(200, { "content-type": "application/octet-stream" }).end(tarball);
    if (request.url !== "/demo-server") return sendJson(response, 404, { error: "Not found" });
    const versions = Object.fromEntries([...tarballs].map(([file, data]) => [versionOf(file), manifest(file, data)]));
    sendJson(response, 200, {
      name: "demo-server",
      "dist-tags": { latest: versionOf([...tarballs.keys()].at(-1) ?? "") },
      versions,
    });
  });
});
afterAll(async () => {
  await registry.stop();
  sandbox.close();
  base.remove();
});

beforeEach(() => {
  const own = fs.mkdtempSync(path.join(base.path, "case-"));
  fs.chmodSync(own, 0o755);
  tarballs.clear();
  publish("1.0.0");
  const env = {
    PATH: process.env.PATH,
    HOME: own,
    npm_config_registry: `${registry.origin}/`,
    npm_config_fetch_retries: "0",
    SECRET: "x",
  };
  options = { packagesDir: path.join(own, "packages"), cacheDir: path.join(own, "cache"), env };
});

function versionOf(file: string): string {
  return /-(\d[^-]*)\.tgz$/.exec(file)?.[1] ?? "";
}

function manifest(file: string, data: Buffer) {
  const integrity = `sha512-${createHash("sha512").update(data).digest("base64")}`;
  const dist = { tarball: `${registry.origin}/demo-server/-/${file}`, integrity };
  return { name: "demo-server", version: versionOf(file), bin: { demo: "cli.mjs" }, dist };
}

/** The misbehaving server as a package, with an install script that must not run. */
function publish(version: string, more = ""): void {
  const folder = fs.mkdtempSync(path.join(base.path, "publish-"));
  const inside = path.join(folder, "package");
  fs.mkdirSync(inside);
  const source = String(misbehavingServer(folder, "good").args[0]);
  fs.writeFileSync(path.join(inside, "cli.mjs"), `#!/usr/bin/env node\n${fs.readFileSync(source, "utf8")}${more}`);
  const scripts = { install: `echo ran > ${path.join(base.path, "canary")}` };
  fs.writeFileSync(
    path.join(inside, "package.json"),
    JSON.stringify({ name: "demo-server", version, bin: { demo: "cli.mjs" }, scripts }),
  );
  execFileSync("tar", ["-czf", "out.tgz", "package"], { cwd: folder });
  tarballs.set(`demo-server-${version}.tgz`, fs.readFileSync(path.join(folder, "out.tgz")));
}

function npx(...args: string[]): StdioServer {
  return { kind: "stdio", name: "demo", command: "npx", args, env: {} };
}

test("npx becomes one installed version with its integrity, without running its scripts, and starts in the sandbox", async () => {
  publish("1.1.0");
  const left = path.join(options.packagesDir, ".installing-killed");
  fs.mkdirSync(path.join(left, "node_modules"), { recursive: true });
  fs.utimesSync(left, 0, 0);
  const pinned = await pinPackage(npx("-y", "demo-server", "good", "more"), options);
  expect(pinned).toMatchObject({ command: "node", args: ["good", "more"] });
  expect(pinned.package).toEqual({
    name: "demo-server",
    version: "1.1.0",
    integrity: expect.stringMatching(/^sha512-/),
    lockHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    bin: "cli.mjs",
  });
  expect(fs.existsSync(path.join(base.path, "canary"))).toBe(false);
  expect(fs.readdirSync(options.packagesDir)).toEqual(["demo-server@1.1.0"]);

  const pool = createMcpPool({
    sandbox,
    packagesDir: options.packagesDir,
    hiddenPaths: [],
    secretOf: async () => undefined,
  });
  const { tools } = await pool.describe(pinned);
  expect(tools.map(({ name }) => name)).toContain("echo");
  await pool.close();
  // Pinning it again must not install anything.
  await registryIsNotAsked(() => pinPackage(pinned, options));
});

async function registryIsNotAsked(work: () => Promise<unknown>): Promise<void> {
  const kept = new Map(tarballs);
  tarballs.clear();
  await work();
  for (const [file, data] of kept) tarballs.set(file, data);
}

test("a range takes the registry's version, and two parallel installs share one folder", async () => {
  const both = await Promise.all([1, 2].map(() => pinPackage(npx("demo-server@^1.0.0", "good"), options)));
  expect(both.map((server) => server.package?.version)).toEqual(["1.0.0", "1.0.0"]);
  expect(fs.readdirSync(options.packagesDir)).toEqual(["demo-server@1.0.0"]);
});

test("a package whose content differs from the pinned content is refused, both new and already installed", async () => {
  const pinned = await pinPackage(npx("demo-server@1.0.0"), options);
  const other = { ...pinned, package: pinned.package && { ...pinned.package, integrity: "sha512-other" } };
  await expect(pinPackage(other, options)).rejects.toThrow(
    "demo-server@1.0.0 is not what was approved: its integrity has changed",
  );
  if (pinned.package) fs.rmSync(packageFolder(options.packagesDir, pinned.package), { recursive: true });
  publish("1.0.0", "\n// another content");
  await expect(pinPackage(pinned, { ...options, cacheDir: path.join(base.path, "fresh-cache") })).rejects.toThrow(
    "is not what was approved",
  );
  expect(fs.readdirSync(options.packagesDir)).toEqual([]);
});

test.each([
  [
    "a missing package",
    npx("-y", "no-such-package"),
    /^The package no-such-package@latest could not be installed: E404: .*\.$/,
  ],
  ["a missing version", npx("demo-server@9.9.9"), /^The package demo-server@9\.9\.9 could not be installed: ETARGET: /],
  ["an address", npx("https://example.com/x.tgz"), /is not a name from the package registry; use NAME@VERSION\.$/],
  ["a repository", npx("github:me/repo"), /is not a name from the package registry/],
  ["a folder", npx("./server"), /is not a name from the package registry/],
  ["an alias", npx("x@npm:evil@1.0.0"), /is not a name from the package registry/],
  ["a shell command", npx("-c", "id"), /cannot be started, because npx -c runs a shell command/],
  ["another option", npx("--node-options=-r x", "demo-server"), /npx's option --node-options=-r x is not supported/],
  ["nothing", npx("-y"), /npx needs a package/],
  [
    "uvx",
    { ...npx("x"), command: "uvx" },
    /^Python packages are not installed automatically, and uvx is not on this machine/,
  ],
  [
    "npm exec",
    { ...npx("exec", "x"), command: "npm" },
    /it starts its package with npm; write it as npx -y PACKAGE@VERSION/,
  ],
] as const)("%s is refused with a sentence, and leaves no files behind", async (_what, server, sentence) => {
  await expect(pinPackage(server, options)).rejects.toThrow(sentence);
  const left = fs.existsSync(options.packagesDir) ? fs.readdirSync(options.packagesDir) : [];
  expect(left).toEqual([]);
});

test("any other command stays unchanged", async () => {
  const server = { ...npx("/srv/server.js"), command: "node" };
  expect(await pinPackage(server, options)).toBe(server);
});

test("a machine without npm gives a sentence", async () => {
  await expect(pinPackage(npx("demo-server"), { ...options, npm: "/nonexistent/npm" })).rejects.toThrow(
    "npm was not found on this machine",
  );
});
