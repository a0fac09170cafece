/** A registry of small packages on this machine, for tests that install with the real npm. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";

export interface SmallPackage {
  files: Record<string, string>;
  dependencies?: Record<string, string>;
  scripts?: Record<string, string>;
}

export interface PackageRegistry {
  url: string;
  /** What npm asked for. */
  asked: string[];
  /** Returns the lock's entry of a package. */
  locked(name: string, more?: object): object;
}

const VERSION = "1.0.0";

interface Kind {
  /** Answers only who sends it. */
  token?: string;
  /** The folder of the packages' files, as only this registry names it. */
  filesIn?: string;
}

export async function packageRegistry(
  packages: Record<string, SmallPackage>,
  { token, filesIn }: Kind = {},
): Promise<PackageRegistry> {
  const folder = mkdtempSync(path.join(tmpdir(), "banyan-registry-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const packed = new Map(
    Object.entries(packages).map(([name, smallPackage]) => [name, pack(folder, name, smallPackage)]),
  );
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = request.url ?? "";
    asked.push(url);
    if (token && request.headers.authorization !== `Bearer ${token}`) return void response.writeHead(401).end("{}");
    const fileOf = (name: string) => (filesIn ? `/${filesIn}/${name}.tgz` : `/${name}/-/${name}-${VERSION}.tgz`);
    const name = [...packed.keys()].find((one) => url === `/${one}` || url === fileOf(one)) ?? "";
    const tarball = packed.get(name);
    if (!tarball) return void response.writeHead(404).end("{}");
    if (url.endsWith(".tgz")) return void response.end(tarball);
    const { port } = server.address() as AddressInfo;
    const dist = { tarball: `http://127.0.0.1:${port}${fileOf(name)}`, integrity: digest(tarball) };
    const version = { ...manifest(name, packages[name] as SmallPackage), dist };
    response.end(JSON.stringify({ name, "dist-tags": { latest: VERSION }, versions: { [VERSION]: version } }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const locked = (name: string, more: object = {}) => {
    const { dependencies, scripts } = packages[name] as SmallPackage;
    const integrity = digest(packed.get(name) as Buffer);
    return { version: VERSION, integrity, ...(scripts && { hasInstallScript: true }), dependencies, ...more };
  };
  return { url: `http://127.0.0.1:${port}/`, asked, locked };
}

function pack(folder: string, name: string, smallPackage: SmallPackage): Buffer {
  const root = path.join(folder, name, "package");
  mkdirSync(root, { recursive: true });
  writeFileSync(path.join(root, "package.json"), JSON.stringify(manifest(name, smallPackage)));
  for (const [file, text] of Object.entries(smallPackage.files)) writeFileSync(path.join(root, file), text);
  const file = path.join(folder, `${name}.tgz`);
  execFileSync("tar", ["-czf", file, "-C", path.dirname(root), "package"]);
  return readFileSync(file);
}

function manifest(name: string, { dependencies, scripts }: SmallPackage) {
  return { name, version: VERSION, main: "index.js", dependencies, scripts };
}

function digest(tarball: Buffer): string {
  return `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
}
