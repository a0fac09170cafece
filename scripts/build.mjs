import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runChild, tail } from "./child.mjs";
import { compressFolder } from "./compress.mjs";
import { withLock } from "./lock.mjs";
import { IS_PACKAGE, ROOT } from "./places.mjs";
import { AlreadySaid, SetupError, say } from "./say.mjs";
import { BUILD_LOCK, checkProjectFolder } from "./setup.mjs";

const RECORD = "dist/.build.json";
/** The programs that are bundled, each to `dist/<name>.mjs`; each exports `main(argv)`. */
export const ENTRIES = {
  server: "server/main.ts",
  banyan: "scripts/banyan.ts",
  gates: "gates/main.ts",
  insights: "lib/insights/insights-main.ts",
  checks: "lib/environments/checks-main.ts",
  infrastructure: "lib/infrastructure/infrastructure-main.ts",
  probe: "agents/self/probe.ts",
  prove: "agents/backups/prove-main.ts",
};
/** Packages that are not bundled: native packages, packages that load files next to them or load themselves, and packages that only pages need. */
const OUTSIDE = [
  "@cdktf/hcl2json",
  "@playwright/test",
  "@seriousme/openapi-schema-validator",
  "@vercel/nft",
  "autocannon",
  "better-sqlite3",
  "elkjs",
  "esbuild",
  "jsonc-parser",
  "next",
  "next-auth",
  "oxc-parser",
  "pino",
  "react",
  "react-dom",
  "socket.io",
  "socket.io-client",
  "ts-json-schema-generator",
  "typescript",
  "vitest",
];
const CONFIG = ["package.json", "package-lock.json", "tsconfig.json"];

/**
 * The inputs of each build target. A change of an input rebuilds the target.
 * @typedef {"programs" | "web"} Target
 * @type {Record<Target, { inputs: string[], output: string }>}
 */
const TARGETS = {
  programs: {
    inputs: [
      "core",
      "agents",
      "db",
      "lib",
      "server",
      "components",
      "scripts",
      "seeds",
      "drizzle",
      "gates",
      "launcher",
      ...CONFIG,
    ],
    output: "dist/banyan.mjs",
  },
  web: {
    inputs: [
      "core",
      "agents",
      "db",
      "lib",
      "app",
      "components",
      "public",
      "next.config.ts",
      "next.config.mjs",
      "postcss.config.mjs",
      ...CONFIG,
    ],
    output: ".next/BUILD_ID",
  },
};

/**
 * Files that no target is built from and that a release needs nevertheless: blueprints are read at run time, and gates
 * judge agents' changes with the tests and settings of the release that runs. Documents are not among them.
 */
const UNBUILT = [
  ".banyan",
  "blueprints",
  "eval",
  "tests",
  "GUARDED",
  "biome.json",
  "drizzle.config.ts",
  "knip.config.ts",
  "playwright.config.ts",
  "tsconfig.next.json",
  "vitest.config.ts",
];

/**
 * `stats` is a digest of paths, sizes and times, which is quick to compute. `contents` is a digest of the files' contents,
 * which decides when a file was only touched. `outputs` are the bundles of the last build.
 * @typedef {{ stats: string, contents: string, outputs?: string[] }} Built
 */

/** @param {string} file relative to the root */
function isInput(file) {
  return !/\.test\.[a-z]+$|\.tsbuildinfo$|(^|\/)next-env\.d\.ts$/.test(file);
}

/** @param {string} file relative to the root */
function isUnbuilt(file) {
  return /\.test\.[a-z]+$/.test(file) || UNBUILT.includes(file.slice(0, `${file}/`.indexOf("/")));
}

/** @param {string} root @param {string[]} inputs @param {(file: string) => boolean} [isWanted] @returns {string[]} all files in the inputs, sorted, relative to the root */
function listFiles(root, inputs, isWanted = isInput) {
  /** @type {string[]} */
  const files = [];
  /** @param {string} relative */
  const walk = (relative) => {
    for (const entry of readdirSync(path.join(root, relative), { withFileTypes: true })) {
      const file = `${relative}/${entry.name}`;
      if (entry.isDirectory()) walk(file);
      else if (isWanted(file)) files.push(file);
    }
  };
  for (const input of inputs) {
    const stat = statSync(path.join(root, input), { throwIfNoEntry: false });
    if (stat?.isDirectory()) walk(input);
    else if (stat) files.push(input);
  }
  return files.sort();
}

/** @param {string} root @param {string[]} files */
function digestStats(root, files) {
  const hash = createHash("sha256");
  for (const file of files) {
    const stat = statSync(path.join(root, file), { throwIfNoEntry: false });
    hash.update(`${file}\0${stat?.size}\0${stat?.mtimeMs}\n`);
  }
  return hash.digest("hex");
}

/** @param {string} root @param {string[]} files */
function digestContents(root, files) {
  const hash = createHash("sha256");
  for (const file of files) {
    hash.update(`${file}\0`);
    if (statSync(path.join(root, file), { throwIfNoEntry: false })?.isFile())
      hash.update(readFileSync(path.join(root, file)));
  }
  return hash.digest("hex");
}

/** @param {string} root @returns {Partial<Record<Target | "unbuilt", Built>>} `unbuilt`: of the files of which nothing is built */
function readRecord(root) {
  try {
    return JSON.parse(readFileSync(path.join(root, RECORD), "utf8"));
  } catch {
    return {};
  }
}

/** @param {string} root @param {Target | "unbuilt"} target @param {Built | undefined} built undefined deletes the target's record */
function writeRecord(root, target, built) {
  const record = { ...readRecord(root), [target]: built };
  mkdirSync(path.join(root, "dist"), { recursive: true });
  const temporary = path.join(root, `${RECORD}.${process.pid}`);
  writeFileSync(temporary, JSON.stringify(record, null, 2));
  renameSync(temporary, path.join(root, RECORD));
}

/**
 * Whether a target was built from the current inputs, as those of an installed package always are. Costs one `stat` per file (a few milliseconds).
 * @param {Target} target @param {string} root
 */
export function isBuilt(target, root = ROOT) {
  if (IS_PACKAGE && root === ROOT) return true;
  const { inputs, output } = TARGETS[target];
  const built = readRecord(root)[target];
  if (!built || !existsSync(path.join(root, output))) return false;
  const files = listFiles(root, inputs);
  const stats = digestStats(root, files);
  if (stats === built.stats) return true;
  if (digestContents(root, files) !== built.contents) return false;
  tryToRecord(root, target, { ...built, stats });
  return true;
}

/** A read-only checkout still works; it reads the contents each time. @param {string} root @param {Target | "unbuilt"} target @param {Built} built */
function tryToRecord(root, target, built) {
  try {
    writeRecord(root, target, built);
  } catch {
    // It cannot be written.
  }
}

/**
 * Builds a target if its inputs have changed. When several processes call it, one builds and the others wait.
 * @param {Target} target @param {string} root
 * @throws {SetupError} with the tail of the tool's output
 */
export async function ensureBuilt(target, root = ROOT) {
  if (isBuilt(target, root)) return;
  checkProjectFolder(root);
  await withLock(path.join(root, BUILD_LOCK), "building", async (addOwner) => {
    if (isBuilt(target, root)) return;
    const files = listFiles(root, TARGETS[target].inputs);
    // Taken before the build, so that a file that changes during the build causes another build.
    const fingerprint = { stats: digestStats(root, files), contents: digestContents(root, files) };
    const before = readRecord(root)[target]?.outputs ?? [];
    writeRecord(root, target, undefined);
    const outputs = target === "programs" ? await buildPrograms(root) : await buildWeb(root, addOwner);
    if (target === "programs") removeOldChunks(root, [...outputs, ...before]);
    writeRecord(root, target, { ...fingerprint, outputs });
  });
}

/** Builds the programs and, where there are pages, the pages. */
export async function ensureAllBuilt() {
  await ensureBuilt("programs");
  if (hasPages()) await ensureBuilt("web");
}

/**
 * As `ensureAllBuilt`, but in a process of its own: a build leaves 80 MB in the process that made it, and a launcher or
 * server would keep them as long as it serves.
 * @param {AbortSignal} [signal] ends the build
 * @throws {AlreadySaid}
 */
export async function ensureAllBuiltApart(signal) {
  if (isBuilt("programs") && (!hasPages() || isBuilt("web"))) return;
  const program = path.join(ROOT, "scripts", "build-release.mjs");
  const { status } = await runChild(process.execPath, [program], { cwd: ROOT, show: true, signal });
  if (status !== 0) throw new AlreadySaid(status);
}

/**
 * Returns a digest of what is built in the checkout and of the other files that a release needs, from which the launcher
 * makes a release.
 * @param {string} root
 */
export function builtContents(root = ROOT) {
  const { programs, web } = readRecord(root);
  const lock = readFileSync(path.join(root, "package-lock.json"));
  // A release has packages for one Node.
  const of = `${programs?.contents}\0${web?.contents}\0${unbuiltContents(root)}\0${process.versions.modules}\0`;
  return createHash("sha256").update(of).update(lock).digest("hex");
}

/** @param {string} root @returns {string} a digest of the files that a release needs and of which nothing is built */
function unbuiltContents(root) {
  const inputs = [...new Set([...TARGETS.programs.inputs, ...TARGETS.web.inputs, ...UNBUILT])];
  const files = listFiles(root, inputs, isUnbuilt);
  const [stats, known] = [digestStats(root, files), readRecord(root).unbuilt];
  if (known?.stats === stats) return known.contents;
  const contents = digestContents(root, files);
  tryToRecord(root, "unbuilt", { stats, contents });
  return contents;
}

/** @param {string} root */
export function hasPages(root = ROOT) {
  return listFiles(root, ["app"]).some((file) => /(^|\/)page\.(tsx|ts|jsx|js)$/.test(file));
}

/**
 * Bundles TypeScript programs with esbuild, including the packages that every process needs: loading those from hundreds
 * of separate files would take most of a command's time. A lazy import becomes a separate chunk.
 * @param {string} root @param {Record<string, string>} entries names of the programs → their files @param {string} folder
 * @returns {Promise<string[]>} the written files, relative to the root
 */
export async function bundle(root, entries, folder) {
  const esbuild = await import("esbuild");
  try {
    const result = await esbuild.build({
      absWorkingDir: root,
      entryPoints: entries,
      outdir: folder,
      entryNames: "[name]",
      chunkNames: "chunks/[name]-[hash]",
      outExtension: { ".js": ".mjs" },
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "node",
      target: "node20",
      external: OUTSIDE,
      // For bundled packages that call `require` at run time.
      banner: {
        js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);',
      },
      jsx: "automatic",
      tsconfig: path.join(root, "tsconfig.json"),
      sourcemap: "linked",
      sourcesContent: false,
      metafile: true,
      logLevel: "silent",
    });
    return Object.keys(result.metafile.outputs);
  } catch (error) {
    const failure = /** @type {import("esbuild").BuildFailure} */ (error);
    const lines = failure.errors
      ? await esbuild.formatMessages(failure.errors.slice(0, 5), { kind: "error" })
      : [String(error)];
    throw new SetupError(
      `${lines.join("").trimEnd()}\nBuilding the programs failed (see above): fix the error, then start again.`,
    );
  } finally {
    await esbuild.stop();
  }
}

/** @param {string} root */
async function buildPrograms(root) {
  say("Building the programs …");
  return bundle(root, ENTRIES, "dist");
}

/**
 * Deletes old chunks, except those of the last build, which a running program may still load.
 * @param {string} root @param {string[]} kept
 */
function removeOldChunks(root, kept) {
  const folder = path.join(root, "dist/chunks");
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (!kept.includes(`dist/chunks/${name}`)) rmSync(path.join(folder, name), { force: true });
  }
}

/** @param {string} root @param {(pid: number) => void} addOwner @returns {Promise<string[]>} */
async function buildWeb(root, addOwner) {
  say("Building the pages …");
  const env = { ...process.env, NODE_ENV: /** @type {const} */ ("production"), NEXT_TELEMETRY_DISABLED: "1" };
  const args = ["node_modules/next/dist/bin/next", "build"];
  const { status, output } = await runChild(process.execPath, args, { cwd: root, env, onStart: addOwner });
  if (status === 0) {
    await compressFolder(path.join(root, ".next/static"));
    return [];
  }
  throw new SetupError(`${tail(output, 40)}\nBuilding the pages failed (see above): fix the error, then start again.`);
}
