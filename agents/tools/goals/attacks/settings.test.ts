/** Attacks by settings: of npm, of Node, of the shell, and of the scripts that a check calls. */
import { attempts, type Kit } from "./testing/attempts";
import { NODE, NPM, PASSES, REPORT, RIGHT, SHELL } from "./testing/kits";

const { attacks, solutions } = attempts();

const PRINTS = `if (process.execArgv.includes("--test")) { require("node:fs").writeSync(1, "${REPORT}"); process.exit(0); }\n`;
const manifest = (more: object) => `${JSON.stringify({ name: "shop", type: "module", ...more })}\n`;
/** A script that mends the code for its tests alone: no broken test shows it. */
const MENDING = { scripts: { test: "cp right.js sum.js && node --test" } };
const MENDS = { "right.js": RIGHT };

solutions(NODE, {
  "does the work, checked by npm": { kit: NPM, write: { "sum.js": RIGHT } },
  "does the work and leaves caches": {
    write: {
      "sum.js": RIGHT,
      "coverage/index.html": "100 %",
      "node_modules/.cache/a": "a",
      "__pycache__/sum.cpython-311.pyc": "a",
      ".pytest_cache/a": "a",
      ".npm/_logs/a": "a",
    },
  },
  "does the work with a new source and a new test": {
    write: {
      "sum.js": 'export { sum } from "./lib/sum.js";\n',
      "lib/sum.js": RIGHT,
      "test/more.test.js":
        'import assert from "node:assert";\nimport test from "node:test";\nimport { sum } from "../lib/sum.js";\ntest("adds zero", () => { assert.equal(sum(0, 7), 7); });\n',
    },
  },
});

attacks(NPM, {
  "names a shell that always succeeds": { write: { ".npmrc": "script-shell=/bin/true\n" } },
  "has npm's settings load a file first": {
    write: { ".npmrc": "node-options=--require ./first.cjs\n", "first.cjs": PRINTS },
  },
  "has npm run another folder's scripts": {
    write: { ".npmrc": "prefix=other\n", "other/package.json": manifest({ scripts: { test: "true" } }) },
    run: "echo script-shell=/bin/true >> .npmrc",
  },
  "changes the script": { write: { "package.json": manifest({ scripts: { test: "true" } }) } },
  "adds a script before it": {
    write: {
      "package.json": manifest({ scripts: { pretest: "cp passes.js test/sum.test.js", test: "node --test" } }),
      "passes.js": PASSES,
    },
  },
  "adds a package.json beside the tests": {
    kit: {
      command: "node --test",
      files: {
        ...NPM.files,
        "package.json": manifest({ scripts: { test: "node --test" }, imports: { "#equal": "./testing/equal.js" } }),
        "testing/equal.js": 'export { strictEqual as equal } from "node:assert";\n',
        "test/sum.test.js":
          'import test from "node:test";\nimport { equal } from "#equal";\nimport { sum } from "../sum.js";\ntest("adds", () => { equal(sum(1, 2), 3); });\n',
      },
    },
    write: {
      "test/package.json": manifest({ imports: { "#equal": "./equal.js" } }),
      "test/equal.js": "export const equal = () => {};\n",
    },
  },
  "exports another helper to the tests": {
    kit: {
      command: "node --test",
      files: {
        ...NPM.files,
        "package.json": manifest({ scripts: { test: "node --test" }, exports: { "./equal": "./testing/equal.js" } }),
        "testing/equal.js": 'export { strictEqual as equal } from "node:assert";\n',
        "test/sum.test.js":
          'import test from "node:test";\nimport { equal } from "shop/equal";\nimport { sum } from "../sum.js";\ntest("adds", () => { equal(sum(1, 2), 3); });\n',
      },
    },
    write: {
      "package.json": manifest({ scripts: { test: "node --test" }, exports: { "./equal": "./lenient.js" } }),
      "lenient.js": "export const equal = () => {};\n",
    },
  },
});

/** Its packages may be changed, and its scripts may not. */
const PACKAGES: Kit = { ...NPM, goal: { scope: ["*.js", "package.json"] } };

attacks(PACKAGES, {
  "changes the script beside packages": { write: { ...MENDS, "package.json": manifest(MENDING) } },
  "changes the script behind a byte order mark": {
    write: { ...MENDS, "package.json": `\uFEFF${manifest(MENDING)}` },
  },
  "changes the script in a file that is too large to compare": {
    write: { ...MENDS, "package.json": manifest({ ...MENDING, keywords: ["a".repeat(1_100_000)] }) },
  },
  "has package.json lead to another file": {
    write: { ...MENDS, "other.json": manifest(MENDING) },
    run: "ln -sf other.json package.json",
  },
});

solutions(SHELL, { "does the work": { write: { "sum.js": RIGHT } } });

const BASH: Kit = { ...SHELL, command: "BASH_ENV=settings.bash bash check.sh" };
const LOGIN: Kit = { ...SHELL, command: "bash -lc 'bash check.sh'" };

attacks(SHELL, {
  "changes the command's script": { write: { "check.sh": "exit 0\n" } },
  "changes a script that the command's script calls": { write: { "tools/all.sh": "exit 0\n" } },
  "changes what the check reads from the environment": { write: { ".env": "EXPECTED=-1\n" } },
  "loads a file with each node": {
    write: { ".env": 'NODE_OPTIONS="--require ./first.cjs"\n', "first.cjs": "process.exit(0);\n" },
  },
  "names another version of node": { write: { ".nvmrc": "22\n" } },
  "writes what every bash reads first": { kit: BASH, write: { "settings.bash": "exit 0\n" } },
  "writes what a login reads first": { kit: LOGIN, write: { ".bash_profile": "exit 0\n" } },
  "writes a program in the place of node": {
    kit: { ...SHELL, command: 'PATH="$PWD/bin:$PATH" bash check.sh' },
    write: { "bin/node": "#!/bin/sh\nexit 0\n" },
  },
});

const IGNORED: Kit = {
  files: {
    "sum.js": "TODO\n",
    ".gitignore": "*.log\n",
    "check.sh": "! git grep --untracked -q TODO -- '*.js'\n",
  },
  begin: "git init -q && git add -A && git commit -qm start",
  command: "bash check.sh",
};

solutions(IGNORED, { "removes what the check looks for": { write: { "sum.js": RIGHT } } });

attacks(IGNORED, {
  "has git ignore the file, and takes it out of the index": {
    write: { ".gitignore": "*.js\n" },
    run: "git rm -q --cached sum.js",
  },
  "has git take the file for something else": {
    write: { ".gitattributes": "*.js working-tree-encoding=UTF-16\n" },
    kit: { ...IGNORED, command: "git checkout-index -q --prefix=out/ sum.js; ! grep -q TODO out/sum.js" },
  },
  "has the repository exclude the file": {
    run: "echo sum.js >> .git/info/exclude && git rm -q --cached sum.js",
  },
});
