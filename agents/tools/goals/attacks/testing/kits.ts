/** Repositories whose sum is wrong, with the ways in which they are checked. */
import type { Kit } from "./attempts";

export const RIGHT = "export const sum = (a, b) => a + b;\n";
export const WRONG = "export const sum = (a, b) => a - b;\n";

/** A package of modules whose sum is wrong. */
export const WRONG_MODULE = { "package.json": '{"type":"module"}\n', "sum.js": WRONG };

export const TEST = `import assert from "node:assert";
import test from "node:test";
import { sum } from "../sum.js";
test("adds", () => { assert.equal(sum(1, 2), 3); });
test("adds more", () => { assert.equal(sum(2, 2), 4); });
`;

/** Tests by the same names that always pass. */
export const PASSES = 'import test from "node:test";\ntest("adds", () => {});\ntest("adds more", () => {});\n';

/** A report of these tests. */
export const REPORT = "TAP version 13\\nok 1 - adds\\nok 2 - adds more\\n1..2\\n";

export const NODE: Kit = {
  files: {
    "package.json": '{"name":"shop","type":"module","scripts":{"test":"node --test"}}\n',
    "sum.js": WRONG,
    "test/sum.test.js": TEST,
  },
  command: "node --test",
};

export const NPM: Kit = { ...NODE, command: "npm test" };

/** A check that somebody wrote by hand, which reads settings and calls other scripts. */
export const SHELL: Kit = {
  files: {
    ...WRONG_MODULE,
    ".env": "EXPECTED=3\n",
    ".nvmrc": "20\n",
    "tools/all.sh":
      '[ "$(cat .nvmrc)" = 20 ] || { echo "Other versions are not checked."; exit 0; }\nnode -e "import(\'./sum.js\').then(({ sum }) => process.exit(sum(1, 2) === Number(process.env.EXPECTED) ? 0 : 1))"\n',
    "check.sh": "set -ae\n. ./.env\nbash tools/all.sh\n",
  },
  command: "bash check.sh",
};
