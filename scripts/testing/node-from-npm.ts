import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, renameSync, symlinkSync } from "node:fs";
import path from "node:path";

/**
 * Puts Node and npm of these versions into a folder, as below `/usr/local`: npm's registry has them where Node's own
 * site cannot be reached. Its headers are there, too, so that modules can be compiled for it.
 */
export function putNode(folder: string, node: string, npm: string): void {
  const modules = path.join(folder, "lib/node_modules");
  mkdirSync(modules, { recursive: true });
  unpack(`node-linux-${process.arch}@${node}`, folder);
  unpack(`npm@${npm}`, path.join(modules, "npm"));
  chmodSync(path.join(folder, "bin/node"), 0o755);
  for (const name of ["npm", "npx"])
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, path.join(folder, "bin", name));
}

function unpack(name: string, to: string): void {
  const packed = `${to}-packed`;
  mkdirSync(packed, { recursive: true });
  execFileSync("npm", ["pack", name, "--pack-destination", packed], { stdio: "pipe" });
  execFileSync("sh", ["-c", `tar -xzf ${packed}/*.tgz -C ${packed}`], { stdio: "pipe" });
  mkdirSync(to, { recursive: true });
  execFileSync("cp", ["-a", `${packed}/package/.`, to], { stdio: "pipe" });
  renameSync(packed, `${packed}-done`);
}
