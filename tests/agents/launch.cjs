/**
 * node launch.cjs PROGRAM.cjs [arguments]: runs a bundled program, and stores the code that V8 compiled beside it. The
 * next process need not compile it again, which is most of a short process's time.
 */
const { readFileSync, renameSync, writeFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { dirname } = require("node:path");
const { setFlagsFromString } = require("node:v8");
const vm = require("node:vm");

const KEEP_AFTER_MS = 2_000;
const [, launcher, file, ...argv] = process.argv;
if (!file) throw new Error("Name the program to run.");
process.argv = [process.argv[0] ?? launcher ?? "", file, ...argv];
const kept = `${file}.compiled`;
const cachedData = read(kept);
const text = `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, "utf8")}\n})`;
const script = new vm.Script(text, {
  filename: file,
  cachedData,
  importModuleDynamically: (/** @type {string} */ name) => import(name),
});
if (!cachedData || script.cachedDataRejected) {
  process.on("exit", keep);
  setTimeout(keep, KEEP_AFTER_MS).unref();
}
/** @type {{ exports: { main?: (argv: string[]) => unknown } }} */
const program = { exports: {} };
script.runInThisContext()(program.exports, createRequire(file), program, file, dirname(file));
void Promise.resolve(program.exports.main?.(argv)).then((status) => {
  if (typeof status === "number") process.exitCode = status;
});

/** @param {string} name */
function read(name) {
  try {
    return readFileSync(name);
  } catch {
    return undefined;
  }
}

/** Another user who may not write here can run the program. */
function keep() {
  try {
    // V8 rejects code that was stored under other flags than its start has, and `lib/process/heap.ts` sets this flag.
    setFlagsFromString("--heap-growing-percent=0");
    const own = `${kept}.${process.pid}`;
    writeFileSync(own, script.createCachedData());
    renameSync(own, kept);
  } catch {
    // Without it, the program is compiled again.
  }
}
