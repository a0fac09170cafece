/** The SQLite modules of a package: one for each Node that people have, so that nobody needs a compiler. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runChild, tail } from "../child.mjs";
import { SetupError, say } from "../say.mjs";
import { adoptSqliteModule, sqliteModuleFile } from "../sqlite-module.mjs";

/** The lines of Node for which modules are made, beside the Node that makes the package. */
const LINES = [20, 22, 24];
const MODULE = "build/Release/better_sqlite3.node";

/**
 * Puts the modules into the package's folder.
 * @returns the ABIs that the package has
 */
export async function placeSqliteModules(root: string, folder: string, isOnlyOwn: boolean): Promise<string[]> {
  const own = process.versions.modules;
  adoptSqliteModule(root);
  place(sqliteModuleFile(root, own), sqliteModuleFile(folder, own));
  const abis = [own];
  for (const line of isOnlyOwn ? [] : LINES) {
    const abi = await makeFor(line, root, folder, abis);
    if (abi !== null) abis.push(abi);
  }
  return abis.sort();
}

/** Compiles the module with the headers of a Node from the registry. Returns null for an ABI that is there. */
async function makeFor(line: number, root: string, folder: string, there: string[]): Promise<string | null> {
  const work = mkdtempSync(path.join(tmpdir(), "banyan-sqlite-"));
  try {
    const node = nodePackage(process.platform, process.arch);
    await run("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", `${node}@${line}`], work);
    const prefix = path.join(work, "node_modules", node);
    const header = readFileSync(path.join(prefix, "include/node/node_version.h"), "utf8");
    const abi = /#define NODE_MODULE_VERSION (\d+)/.exec(header)?.[1];
    const version = (JSON.parse(readFileSync(path.join(prefix, "package.json"), "utf8")) as { version: string })
      .version;
    if (!abi) throw new SetupError(`The headers of Node ${version} name no ABI: the package cannot be made for it.`);
    if (there.includes(abi)) return null;
    say(`Compiling the SQLite module for Node ${version} …`);
    const copy = path.join(work, "better-sqlite3");
    cpSync(path.join(root, "node_modules/better-sqlite3"), copy, { recursive: true });
    for (const built of ["build", "lib/binding"]) rmSync(path.join(copy, built), { recursive: true, force: true });
    // By the environment, because node-gyp prefers npm's settings there to its own flags.
    const headers = { npm_config_nodedir: prefix, npm_config_target: version };
    const compiling = { ...headers, JOBS: "max", CFLAGS: `-O2 ${process.env.CFLAGS ?? ""}` };
    await run(process.execPath, [nodeGyp(), "rebuild", "--release"], copy, compiling);
    const loading = ["-e", "process.dlopen({ exports: {} }, process.argv[1])", path.join(copy, MODULE)];
    await run(path.join(prefix, "bin/node"), loading, copy);
    place(path.join(copy, MODULE), sqliteModuleFile(folder, abi));
    return abi;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Returns the package of the registry that holds Node for a system: that of Apple's own processors has another name. */
export function nodePackage(platform: string, arch: string): string {
  return `${platform === "darwin" && arch === "arm64" ? "node-bin" : "node"}-${platform}-${arch}`;
}

/** npm brings it. */
function nodeGyp(): string {
  const npm = process.env.npm_execpath ?? "";
  const folders = [
    path.dirname(path.dirname(npm)),
    path.join(path.dirname(path.dirname(process.execPath)), "lib/node_modules/npm"),
  ];
  const file = folders.map((folder) => path.join(folder, "node_modules/node-gyp/bin/node-gyp.js")).find(existsSync);
  if (file) return file;
  throw new SetupError("npm has no node-gyp, which compiles the SQLite module: run this as `npm run package`.");
}

async function run(program: string, args: string[], cwd: string, env: Record<string, string> = {}): Promise<void> {
  const { status, output } = await runChild(program, args, { cwd, env: { ...process.env, ...env } });
  if (status !== 0)
    throw new SetupError(
      `${tail(output, 15)}\n${[path.basename(program), ...args].join(" ")} failed (its last lines are above).`,
    );
}

function place(from: string, to: string): void {
  mkdirSync(path.dirname(to), { recursive: true });
  cpSync(from, to);
}
