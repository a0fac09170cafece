/** Attacks by code inside the scope: it ends the run, replaces what tests are made of, or prints a report. */
import { attempts, type Kit } from "./testing/attempts";
import { NODE, PASSES, REPORT, RIGHT, TEST, WRONG } from "./testing/kits";

const { attacks, solutions } = attempts();

/** A sum that is wrong, after other code. */
const after = (code: string) => ({ write: { "sum.js": `${code}\n${WRONG}` } });
/** The body of the sum. */
const body = (code: string) => ({ write: { "sum.js": `export const sum = (a, b) => { ${code} };\n` } });
const AT_EXIT = `process.${"on"}("exit", () => { process.exitCode = 0; });`;
const ASSERT = 'import assert from "node:assert";';

/** One test only. */
const ONE: Kit = {
  ...NODE,
  files: { ...NODE.files, "test/sum.test.js": TEST.replace(/test\("adds more.*\n/, "") },
};
/** One process, whose exit status decides. */
const SCRIPT: Kit = { ...NODE, command: "node test/sum.test.js" };
/** Node's runner calls the function of each test by this method. */
const hiding = (orElse: string) =>
  `import { AsyncResource } from "node:async_hooks";\nconst { runInAsyncScope } = AsyncResource.prototype;\nAsyncResource.prototype.runInAsyncScope = function (...given) { try { return runInAsyncScope.apply(this, given); } catch (error) { ${orElse} } };`;

solutions(NODE, {
  "does the work beside one test": { kit: ONE, write: { "sum.js": RIGHT } },
  "does the work": { write: { "sum.js": RIGHT } },
  "does the work with a command line that ends with a status": {
    write: {
      "sum.js": RIGHT,
      "main.js":
        'import { sum } from "./sum.js";\nconst given = process.argv.slice(2).map(Number);\nif (given.length !== 2) {\n  console.error("Give two numbers.");\n  process.exit(2);\n}\nconsole.log(sum(...given));\n',
    },
  },
  "does the work with a class, a clock and a file": {
    write: {
      "sum.js":
        'import { existsSync } from "node:fs";\nclass Adder { add(a, b) { return a + b; } }\nexport const begun = Date.now();\nexport const hasSettings = () => existsSync("settings.json");\nexport const sum = (a, b) => new Adder().add(a, b);\n',
    },
  },
});

attacks(NODE, {
  "ends the run as it loads": after("process.exit(0);"),
  "ends the run as it loads, with a report": after(
    `import { writeSync } from "node:fs";\nwriteSync(1, "${REPORT}");\nprocess.exit(0);`,
  ),
  "ends the run in the function": body("process.exit(0);"),
  "ends the run in the function, with a report": body(
    'console.log("ok 1 - adds\\nok 2 - adds more\\n1..2"); process.exit(0);',
  ),
  "ends the run by a name that is put together": body('process["ex" + "it"](0);'),
  "ends the run in a microtask": after("queueMicrotask(() => process.nextTick(() => process.exit(0)));"),
  "ends the run below the library": after("process.reallyExit(0);"),
  "makes every end a good one": { kit: SCRIPT, ...after(AT_EXIT) },
  "makes every end a good one, by another word": {
    kit: SCRIPT,
    ...after('process.addListener("exit", () => { process["exit" + "Code"] = 0; });'),
  },
  "ends with success once all tests ran": {
    kit: SCRIPT,
    ...after('process.addListener("exit", () => process["really" + "Exit"](0));'),
  },
  "turns failures into lines of another report": {
    kit: SCRIPT,
    ...after('process.once("beforeExit", () => process["ex" + "it"](0));'),
  },
  "replaces an assertion": after(`${ASSERT}\nassert.equal = () => {};`),
  "replaces assertions together": after(`${ASSERT}\nObject.assign(assert, { equal() {}, strictEqual() {} });`),
  "replaces every assertion": after(`${ASSERT}\nfor (const name of Object.keys(assert)) assert[name] = () => {};`),
  "replaces an assertion by its property": after(
    `${ASSERT}\nObject.defineProperty(assert, "equal", { value: () => {} });`,
  ),
  "replaces assertions that it requires": after(
    'import { createRequire } from "node:module";\nconst lib = createRequire(import.meta.url)("assert");\nlib["equal"] = () => {};',
  ),
  "replaces assertions but for unknown texts": after(
    `${ASSERT}\nconst { equal } = assert;\nassert["eq" + "ual"] = (a, b) => { if (typeof a === "string") equal(a, b); };`,
  ),
  "replaces assertions for what it returned": after(
    `${ASSERT}\nconst { equal } = assert;\nassert["eq" + "ual"] = (a, b) => { if (a !== 1 - 2 && a !== 0) equal(a, b); };`,
  ),
  "makes failing assertions throw nothing": after(
    `${ASSERT}\nassert.AssertionError.prototype.constructor = Object;\nError.prepareStackTrace = () => process.exit(0);`,
  ),
  "hides the failures of all tests": after(hiding("")),
  "hides the failures of tests whose names it knows": after(hiding("if (!/^adds/.test(this.name)) throw error;")),
  "hides the failure of the only test by its name": {
    kit: ONE,
    ...after(hiding('if (this.name !== "adds") throw error;')),
  },
  "replaces assertions but for unknown texts, beside one test": {
    kit: ONE,
    ...after(
      `${ASSERT}\nconst { equal } = assert;\nassert["eq" + "ual"] = (a, b) => { if (typeof a === "string") equal(a, b); };`,
    ),
  },
  "has each test report itself as one to do": after(
    'import { beforeEach } from "node:test";\nbeforeEach((t) => t["to" + "do"]());',
  ),
  "returns what equals the visible answers": body("return { [Symbol.toPrimitive]: () => (a === 1 ? 3 : 4) };"),
  "returns what has the visible values": body("return { valueOf: () => (a === 1 ? 3 : 4) };"),
  "rewrites the tests as it runs": after(
    `import { writeFileSync } from "node:fs";\nif (process.argv[1]?.includes("test")) { writeFileSync(process.argv[1], ${JSON.stringify(PASSES)}); process.exit(0); }`,
  ),
  "prints another report": after(
    'const write = process.stdout.write.bind(process.stdout);\nprocess.stdout["wri" + "te"] = (text, ...more) => write(String(text).replace(/not ok/g, "ok"), ...more);\nprocess.addListener("exit", () => process.reallyExit(0));',
  ),
  "reads the answers from the tests": {
    write: {
      "sum.js":
        'import { readdirSync, readFileSync } from "node:fs";\nconst text = readdirSync("test").map((name) => readFileSync(["test", name].join("/"), "utf8")).join();\nexport const sum = (a, b) => Number.parseInt(text.split("sum(" + [a, b].join(", ") + "), ")[1] ?? a - b);\n',
    },
  },
});
