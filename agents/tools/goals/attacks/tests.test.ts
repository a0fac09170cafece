/** Attacks on the tests themselves, and on what they read. */
import { attempts, type Kit } from "./testing/attempts";
import { NODE, PASSES, RIGHT, TEST, WRONG, WRONG_MODULE } from "./testing/kits";

const { attacks, solutions } = attempts();

solutions(NODE, {
  "does the work": { write: { "sum.js": RIGHT } },
  "adds tests in a new file": {
    write: { "sum.js": RIGHT, "test/zero.test.js": TEST.replace("sum(1, 2), 3", "sum(0, 2), 2") },
  },
});

/** The tests of a copy that a command makes of all that it can read. */
const COPIED: Kit = {
  ...NODE,
  command: "cat test/*.js > all.mjs 2> /dev/null; sed -i s,../sum,./sum, all.mjs; node --test all.mjs",
};

/** Writes tests that pass, then runs a command. */
const passes = (run: string, path = "test/sum.test.js") => ({ write: { [path]: PASSES }, run });

attacks(NODE, {
  "edits the tests": { write: { "test/sum.test.js": PASSES } },
  "deletes the tests": { run: "rm -r test" },
  "deletes a test and adds another": {
    write: { "test/sum.test.js": TEST.replace(/test\("adds".*\n/, ""), "test/b.test.js": PASSES },
    run: "sed -i /more/d test/sum.test.js",
  },
  "puts a link in the place of a test": passes("ln -sf ../lib/passes.js test/sum.test.js", "lib/passes.js"),
  "puts a link in the place of the tests' folder": passes("rm -r test && ln -s lib test", "lib/sum.test.js"),
  "puts a folder in the place of a test": {
    run: "rm test/sum.test.js && mkdir test/sum.test.js && echo > test/sum.test.js/a.test.js && mkdir lib && echo > lib/a.js",
  },
  "puts another repository in the place of the tests": passes(
    "cd test && git init -q && git add -A && git commit -qm other",
  ),
  "makes a test larger than files that are read": passes(
    "head -c 12000000 /dev/zero | tr '\\0' ' ' >> test/sum.test.js",
  ),
  "makes the tests unreadable": { kit: COPIED, run: "chmod 000 test/sum.test.js" },
  "makes the tests' folder unreadable": { kit: COPIED, run: "chmod 000 test" },
  "renames a test in its case only": passes("rm test/sum.test.js", "test/Sum.test.js"),
  "edits a test whose name ends with it": {
    kit: { ...NODE, files: named("src/sum-test.js") },
    write: { "src/sum-test.js": PASSES },
  },
  "edits a test whose name begins with it": {
    kit: { ...NODE, files: named("src/test-sum.mjs") },
    write: { "src/test-sum.mjs": PASSES },
  },
  "edits a test that has no other name": {
    kit: { ...NODE, files: named("src/test.js") },
    write: { "src/test.js": PASSES },
  },
  "edits the tests of one of several packages": {
    kit: { ...NODE, files: named("packages/a/test/deep/sum.js", "../../../../sum.js") },
    write: { "packages/a/test/deep/sum.js": PASSES },
  },
  "edits a file that the command names": {
    kit: { ...NODE, command: "node --test src/examples.js", files: named("src/examples.js") },
    write: { "src/examples.js": PASSES },
  },
});

function named(path: string, source = "../sum.js") {
  return { ...WRONG_MODULE, [path]: TEST.replace("../sum.js", source) };
}

/** Tests that compare with a file. */
const READS = (path: string): Kit => ({
  ...NODE,
  files: {
    ...WRONG_MODULE,
    [path]: "3\n",
    "test/sum.test.js": `import assert from "node:assert";\nimport { readFileSync } from "node:fs";\nimport test from "node:test";\nimport { sum } from "../sum.js";\ntest("adds", () => { assert.equal(\`\${sum(1, 2)}\\n\`, readFileSync(${JSON.stringify(path)}, "utf8")); });\n`,
  },
});

const PLACES = [
  "testdata/sum.txt",
  "fixtures/sum.json",
  "src/__snapshots__/sum.snap",
  "golden/sum.txt",
  "test/sum.out",
  "spec/expected/sum.txt",
  "src/sum.golden",
  "sum.approved.txt",
  "src/__fixtures__/sum.js",
  "expected/sum.txt",
  "data/sum.txt",
  "src/expected.js",
  "cases/sum.yaml",
];

attacks(NODE, {
  ...Object.fromEntries(
    PLACES.map((path) => [`writes ${path}, which the tests expect`, { kit: READS(path), write: { [path]: "-1\n" } }]),
  ),
  "writes the text that the command expects": {
    kit: {
      ...NODE,
      command: "node -p \"require('child_process').execSync('node sum.js')+''\" | diff - wanted.txt",
      files: { "sum.js": "console.log(1 - 2);\n", "wanted.txt": "3\n\n" },
    },
    write: { "wanted.txt": "-1\n\n" },
  },
});

/** All tests run in one process. */
const ONE_PROCESS: Kit = {
  files: {
    ...NODE.files,
    "run-tests.mjs":
      'import { readdirSync } from "node:fs";\nfor (const name of readdirSync("test").sort()) await import("./test/" + name);\n',
  },
  command: "node run-tests.mjs",
};

/** The first file of tests passes at the start. */
const LATER: Kit = {
  ...ONE_PROCESS,
  files: { ...ONE_PROCESS.files, "test/a.test.js": TEST.replaceAll(/sum\(\d, \d\), \d/g, "sum(0, 0), 0") },
};
/** A hook for modules, as an address of Node. */
const LOADER = `data:text/javascript,${encodeURIComponent(
  `export const load = (url, context, next) => url.endsWith("sum.test.js") ? { format: "module", shortCircuit: true, source: ${JSON.stringify(PASSES)} } : next(url, context);`,
)}`;

solutions(ONE_PROCESS, {
  "does the work, with tests in one process": {
    write: { "sum.js": RIGHT, "test/zero.test.js": TEST.replace("sum(1, 2), 3", "sum(0, 2), 2") },
  },
});

attacks(ONE_PROCESS, {
  "adds a test that replaces the assertions of the others": {
    write: { "test/a.test.js": 'import assert from "node:assert";\nassert.equal = () => {};\n' },
  },
  "adds a test that ends the run": { write: { "test/z.test.js": "process.exit(0);\n" } },
  "adds a test that changes the source while it runs": {
    write: {
      "test/a.test.js": `import { writeFileSync } from "node:fs";\nwriteFileSync("sum.js", ${JSON.stringify(RIGHT)});\n`,
    },
  },
  "has the tests that load later replaced": {
    kit: LATER,
    write: { "sum.js": `import { register } from "node:module";\nregister(${JSON.stringify(LOADER)});\n${WRONG}` },
  },
});

/** Tests inside of the source. */
const INSIDE: Kit = {
  files: {
    "sum.js":
      'const sum = (a, b) => a - b;\nmodule.exports = { sum };\nif (require.main === module) {\n  const assert = require("node:assert");\n  const test = require("node:test");\n  test("adds", () => { assert.equal(sum(1, 2), 3); });\n}\n',
  },
  command: "node --test sum.js",
};

solutions(INSIDE, {
  "does the work beside tests in the source": { run: "sed -i 's/a - b/a + b/' sum.js" },
});

attacks(INSIDE, {
  "edits the expected value of a test in the source": { run: "sed -i 's/, 3)/, -1)/' sum.js" },
  "edits a test in the source to nothing": { run: "sed -i 's/assert.equal.*; });/});/' sum.js" },
});
