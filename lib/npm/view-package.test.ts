import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { type HttpFixture, sendJson, startHttp } from "@/lib/mcp/testing/http-server";
import { registryOf, viewPackage } from "./view-package";

let registry: HttpFixture;
let cache: string;

const version = (name: string, more: object = {}) => ({
  name: "left-pad",
  version: name,
  license: "MIT",
  dist: { tarball: `${registry.origin}/x.tgz`, fileCount: 11, unpackedSize: 3_200 },
  _npmUser: { name: "stevemao", email: "s@example.org" },
  ...more,
});

beforeEach(async () => {
  cache = mkdtempSync(path.join(tmpdir(), "banyan-npm-"));
  registry = await startHttp((request, _body, response) => {
    if (!["/left-pad", "/@acme/left-pad"].includes(decodeURIComponent(request.url ?? "")))
      return sendJson(response, 404, { error: "Not found" });
    const newest = version("2.0.1", {
      _npmUser: { name: "lpad-team", email: "l@example.org" },
      scripts: { postinstall: "node x" },
    });
    sendJson(response, 200, {
      name: "left-pad",
      "dist-tags": { latest: "2.0.1" },
      time: { created: "2016-01-01T00:00:00Z", "1.0.0": "2016-01-01T00:00:00Z", "2.0.1": "2026-11-20T00:00:00Z" },
      versions: { "1.0.0": version("1.0.0", { deprecated: "Use padStart" }), "2.0.1": newest },
    });
  });
});
afterEach(async () => {
  await registry.stop();
  rmSync(cache, { recursive: true, force: true });
});

const options = () => ({
  registry: new URL(registry.origin),
  env: { PATH: process.env.PATH, npm_config_registry: `${registry.origin}/`, npm_config_cache: cache },
  signal: AbortSignal.timeout(60_000),
});

test("the registry says when, by whom and what; who published the version before; nothing of a package that it lacks", async () => {
  expect((await registryOf(options())).origin).toBe(registry.origin);
  expect(await viewPackage("left-pad", null, options())).toEqual({
    name: "left-pad",
    version: "2.0.1",
    published_at: "2026-11-20T00:00:00Z",
    published_by: "lpad-team",
    before_by: "stevemao",
    files: 11,
    bytes: 3_200,
    license: "MIT",
    has_install_script: true,
    deprecated: null,
  });
  expect(await viewPackage("left-pad", "^1", options())).toMatchObject({
    version: "1.0.0",
    before_by: null,
    has_install_script: false,
    deprecated: "Use padStart",
  });
  expect(await viewPackage("left-pad", "9.9.9", options())).toBeNull();
  expect(await viewPackage("nobody-has-this", null, options())).toBeNull();
});

test("a scope whose packages come from another registry in .npmrc is asked at the given registry", async () => {
  const asked: string[] = [];
  const other = await startHttp((request, _body, response) => {
    asked.push(request.url ?? "");
    sendJson(response, 404, { error: "Not found" });
  });
  onTestFinished(other.stop);
  writeFileSync(path.join(cache, ".npmrc"), `@acme:registry=${other.origin}/\n`);
  const { env, ...rest } = options();
  const found = await viewPackage("@acme/left-pad", null, { ...rest, env: { ...env, HOME: cache } });
  expect(asked).toEqual([]);
  expect(found).toMatchObject({ version: "2.0.1", before_by: "stevemao" });
});
