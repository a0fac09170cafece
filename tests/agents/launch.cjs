/**
 * node launch.cjs PROGRAM.cjs [arguments]: runs a bundled program, and keeps what V8 compiled of it beside it. The next
 * process compiles nothing again: that is most of what a short one costs.
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

/** Another user may run the program, who writes nothing here. */
function keep() {
  try {
    // V8 refuses code that was kept under other flags than it starts with, and `lib/process/heap.ts` sets this one.
    setFlagsFromString("--heap-growing-percent=0");
    const own = `${kept}.${process.pid}`;
    writeFileSync(own, script.createCachedData());
    renameSync(own, kept);
  } catch {
    // It is compiled once more.
  }
}
