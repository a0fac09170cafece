/** A repository whose gates have a first part: tests that the change can reach run at once. */
import { createFixture, type Fixture, SETTINGS } from "./fixture";

export const WITH_FIRST = `${SETTINGS.replace(
  "  report:",
  `  some: node --test --test-reporter=tap $BANYAN_TEST_FILES
  first: { files: ["test/**", "!test/slow.test.mjs"], most_files: 3, most_steps: 2, aliases: { "#/": "src/" } }
  report:`,
)}guarded: ["src/guarded.mjs"]
`;
export const WITH_SENTINELS = WITH_FIRST.replace(
  "sentinels: false\nmutation: false",
  "sentinels: { count: 1, least: 1 }",
);

const testOf = (module: string, expected: string) => `import assert from "node:assert/strict";
import { test } from "node:test";
import { answer } from "${module}";

test("${module} answers", () => assert.equal(answer(), "${expected}"));
`;

/** Sentinels run the tests again and again, so that only what is about them has some. */
export function createWithFirst(settings: string): Fixture {
  return createFixture({
    ".banyan/gates.yaml": settings,
    "src/near.mjs": 'export const answer = () => "near";\n',
    "src/far.mjs": 'export { answer } from "./near.mjs";\n',
    "src/guarded.mjs": 'export const answer = () => "guarded";\n',
    "test/near.test.mjs": testOf("../src/near.mjs", "near"),
    "test/far.test.mjs": testOf("../src/far.mjs", "near"),
    "test/further.test.mjs": `import "./far.test.mjs";\n`,
    "test/furthest.test.mjs": `import "./further.test.mjs";\n`,
    "test/guarded.test.mjs": testOf("../src/guarded.mjs", "guarded"),
    "test/slow.test.mjs": testOf("../src/near.mjs", "near"),
    "docs/guide.md": "A sentence.\n",
  });
}
