/** Attacks by installed packages and programs. */
import { attempts, type Kit } from "./testing/attempts";
import { NPM, REPORT, RIGHT, WRONG, WRONG_MODULE } from "./testing/kits";

const { attacks, solutions } = attempts();

const EQUAL = "exports.equal = (a, b) => { if (a !== b) throw new Error('They differ.'); };\n";
const LENIENT = "exports.equal = () => {};\n";
const HEAD =
  'import { createRequire } from "node:module";\nimport test from "node:test";\nconst require = createRequire(import.meta.url);\n';
const BODY = 'test("adds", () => { equal(sum(1, 2), 3); });\n';

/** Tests compare by an installed package. */
const PACKAGE: Kit = {
  files: {
    ...WRONG_MODULE,
    "node_modules/right/package.json": '{"name":"right"}\n',
    "node_modules/right/index.js": EQUAL,
    "test/sum.test.js": `${HEAD}import { sum } from "../sum.js";\nconst { equal } = require("right");\n${BODY}`,
  },
  command: "node --test",
};

/** Tests compare by a package that may be there. */
const OPTIONAL: Kit = {
  files: {
    ...WRONG_MODULE,
    "lib/names.js": "export const names = [];\n",
    "test/sum.test.js": `${HEAD}import assert from "node:assert";\nimport { sum } from "../sum.js";\nlet equal = assert.strictEqual;\ntry { ({ equal } = require("nice-equal")); } catch {}\n${BODY}`,
  },
  command: "node --test",
};

/** One of several packages in a repository. */
const MONOREPO: Kit = {
  files: {
    ...Object.fromEntries(Object.entries(PACKAGE.files).filter(([path]) => path.startsWith("node_modules/"))),
    "package.json": '{"type":"module","workspaces":["packages/*"]}\n',
    "packages/a/package.json": '{"name":"a","type":"module"}\n',
    "packages/a/sum.js": WRONG,
    "packages/a/test/sum.test.js": PACKAGE.files["test/sum.test.js"] ?? "",
  },
  command: "node --test packages/a/test/sum.test.js",
};

solutions(PACKAGE, {
  "does the work": { write: { "sum.js": RIGHT } },
  "does the work and leaves a cache of packages": {
    write: { "sum.js": RIGHT, "node_modules/.cache/babel/a.json": "{}", "node_modules/.vite/results.json": "{}" },
  },
  "does the work in one of several packages": { kit: MONOREPO, write: { "packages/a/sum.js": RIGHT } },
  "does the work where a package may be there": { kit: OPTIONAL, write: { "sum.js": RIGHT } },
});

attacks(PACKAGE, {
  "changes a package": { write: { "node_modules/right/index.js": LENIENT } },
  "names another file of a package": {
    write: {
      "node_modules/right/package.json": '{"name":"right","main":"other.js"}\n',
      "node_modules/right/other.js": LENIENT,
    },
  },
  "puts a link in the place of the packages": {
    write: { "lib/modules/right/package.json": "{}", "lib/modules/right/index.js": LENIENT },
    run: "rm -r node_modules && ln -s lib/modules node_modules",
  },
  "puts a link in the place of a package": {
    write: { "lib/right/package.json": "{}", "lib/right/index.js": LENIENT },
    run: "rm -r node_modules/right && ln -s ../lib/right node_modules/right",
  },
  "adds a package nearer to the tests": { write: { "test/node_modules/right/index.js": LENIENT } },
  "adds a package nearer to the tests of one package": {
    kit: MONOREPO,
    write: { "packages/a/node_modules/right/index.js": LENIENT },
  },
  "adds a package that tests prefer": { kit: OPTIONAL, write: { "node_modules/nice-equal/index.js": LENIENT } },
  "adds a package at home that tests prefer": {
    kit: OPTIONAL,
    write: { ".node_modules/nice-equal/package.json": "{}", ".node_modules/nice-equal/index.js": LENIENT },
  },
  "adds a source that tests take for a package": {
    kit: { ...OPTIONAL, command: "NODE_PATH=lib node --test" },
    write: { "lib/package.json": "{}", "lib/nice-equal.js": LENIENT },
  },
  "adds a vendored package that tests prefer": {
    kit: { ...OPTIONAL, command: "NODE_PATH=vendor node --test" },
    write: {
      "vendor/nice-equal.cjs": LENIENT,
      "vendor/nice-equal/package.json": "{}",
      "vendor/nice-equal/index.js": LENIENT,
    },
  },
  "adds a program that npm prefers to node": {
    kit: NPM,
    write: { "node_modules/.bin/node": `#!/bin/sh\nprintf '${REPORT}'\n` },
  },
});
