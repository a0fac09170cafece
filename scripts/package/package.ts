/**
 * `npm run package`: makes `dist/banyan-VERSION-SYSTEM-CPU.tgz`, a package that npm installs without a compiler or a
 * registry. It holds what is built, so it serves at once. `docs/releases.md` says how it is used.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { commitOf } from "@/agents/boot/commit";
import { PACKAGE_MARK } from "../places.mjs";
import { SetupError, say } from "../say.mjs";
import { sqliteLock } from "../sqlite-module.mjs";
import { bundlePackages } from "./bundled";
import { contentsOf } from "./contents";
import { placeSqliteModules } from "./sqlite";

const OPTIONS = { out: { type: "string" }, "this-node": { type: "boolean" } } as const;

export async function main(argv: string[]): Promise<number> {
  try {
    const { values } = parseArgs({ args: argv, options: OPTIONS, strict: true });
    const root = process.cwd();
    const out = path.resolve(root, values.out ?? "dist");
    const made = await makePackage(root, out, values["this-node"] === true);
    const sizes = `${megabytes(statSync(made.file).size)} MB, ${megabytes(made.bytes)} MB installed`;
    console.log(`${path.relative(root, made.file)}: ${sizes}, for the Node ABIs ${made.abis.join(", ")}.`);
    return 0;
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    if (!(error instanceof SetupError) && !code.startsWith("ERR_PARSE_ARGS_")) throw error;
    console.error(message);
    return 2;
  }
}

/** Makes the package of a built checkout in the folder `out`. `isOnlyOwn`: for this Node's ABI alone. */
async function makePackage(root: string, out: string, isOnlyOwn: boolean) {
  const folder = path.join(out, "package");
  rmSync(folder, { recursive: true, force: true });
  say("Copying what runs …");
  for (const file of await contentsOf(root)) {
    const target = path.join(folder, file);
    mkdirSync(path.dirname(target), { recursive: true });
    copyFileSync(path.join(root, file), target);
  }
  const bundled = bundlePackages(folder);
  const abis = await placeSqliteModules(root, folder, isOnlyOwn);
  const own = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  writeJson(path.join(folder, "package.json"), packageManifest(own, bundled));
  writeJson(path.join(folder, "manifest.json"), { commit: commitOf(root) });
  writeJson(path.join(folder, PACKAGE_MARK), {
    platform: process.platform,
    arch: process.arch,
    abis,
    lock: sqliteLock(root),
  });
  say("Packing …");
  const [packed] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", out], {
      cwd: folder,
      encoding: "utf8",
    }),
  ) as [{ filename: string; unpackedSize: number }];
  // npm names it by its version only, and a release has one for each system.
  const file = path.join(out, fileName(own.version));
  renameSync(path.join(out, packed.filename), file);
  return { file, bytes: packed.unpackedSize, abis };
}

/** Returns the name of the package's file, with the words that people use for their system. */
export function fileName(version: string, platform: string = process.platform, arch: string = process.arch): string {
  return `banyan-${version}-${platform === "darwin" ? "macos" : platform}-${arch}.tgz`;
}

/** Our own description of the package: what is bundled is named, so that npm looks for nothing elsewhere. */
function packageManifest(own: Record<string, unknown>, dependencies: Record<string, string>) {
  const { name, version, description, license, type, engines, bin } = own;
  // Native modules are linked with one C library, and Alpine has another.
  const libc = process.platform === "linux" ? { libc: [libcOf()] } : {};
  const system = { os: [process.platform], cpu: [process.arch], ...libc };
  return { name, version, description, license, type, engines, ...system, bin, dependencies, bundleDependencies: true };
}

function libcOf(): "glibc" | "musl" {
  const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined ? "musl" : "glibc";
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}

const megabytes = (bytes: number) => Math.round(bytes / 1e6);
