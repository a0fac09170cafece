/** A real npm registry on the loopback with the packages of this checkout, for services whose setup installs theirs. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

interface Locked {
  version: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  bin?: Record<string, string>;
  os?: string[];
  cpu?: string[];
  libc?: string[];
}

interface Installed extends Locked {
  folder: string;
}

export interface PackageRegistry {
  /** With its port. */
  host: string;
  /** The line of an `.npmrc` that makes npm use it. */
  npmrc: string;
  close(): void;
}

/** Serves what package-lock.json names: also packages of other systems, which npm reads about and does not ask for. */
export async function startPackageRegistry(): Promise<PackageRegistry> {
  const packages = lockedPackages();
  const server = createServer(({ url = "" }, response) => {
    const [name = "", version] = decodeURIComponent(url.slice(1)).split("/-/");
    const versions = packages.get(name);
    if (versions && version === undefined) return sendPackument(response, name, versions);
    const folder = versions?.find((one) => `${one.version}.tar` === version)?.folder;
    if (folder !== undefined && existsSync(folder)) return sendFiles(response, folder);
    response.writeHead(404, { "content-type": "application/json" }).end('{"error":"Not found"}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { host, npmrc: `registry=http://${host}/\n`, close: () => server.close() };

  function sendPackument(response: ServerResponse, name: string, installed: readonly Installed[]): void {
    const versions = installed.map(({ folder: _, ...manifest }) => [
      manifest.version,
      { name, ...manifest, dist: { tarball: `http://${host}/${name}/-/${manifest.version}.tar` } },
    ]);
    const latest = installed[0]?.version;
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ name, "dist-tags": { latest }, versions: Object.fromEntries(versions) }));
  }
}

/** Returns the versions of each package, the one that stands at the top first. */
function lockedPackages(): Map<string, Installed[]> {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as { packages: Record<string, Locked> };
  const found = new Map<string, Installed[]>();
  for (const [folder, { version, dependencies, optionalDependencies, bin, os, cpu, libc }] of Object.entries(
    packages,
  )) {
    const name = folder.split("node_modules/").at(-1) ?? "";
    const others = found.get(name) ?? [];
    if (name === "" || others.some((other) => other.version === version)) continue;
    found.set(name, [...others, { folder, version, dependencies, optionalDependencies, bin, os, cpu, libc }]);
  }
  return found;
}

/** npm reads archives that are not compressed too, which costs less here. */
function sendFiles(response: ServerResponse, folder: string): void {
  const tar = spawn(
    "tar",
    ["-c", "--exclude=./node_modules", "--transform", "s,^\\.,package,", "-C", join(folder), "."],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  tar.stdout.pipe(response.writeHead(200, { "content-type": "application/octet-stream" }));
}
