/** When the first part of the gates is all of them: the change has a flag, decides how tests run, or no tests run first. */
import { afterEach, expect, test } from "vitest";
import { createWithFirst, WITH_FIRST, WITH_SENTINELS } from "./testing/first-fixture";
import { createFixture, type Fixture, gateIn, MODULE } from "./testing/fixture";

let fixture: Fixture;
afterEach(() => fixture.end());

test("a change with a flag is judged whole", async () => {
  fixture = createWithFirst(WITH_SENTINELS);
  fixture.edit("src/guarded.mjs", "answer = () =>", "answer = (/* nothing */) =>");
  const guarded = await fixture.judge({ first: true });
  expect(gateIn(guarded, "scope").findings.map(({ kind }) => kind)).toEqual(["flag"]);
  expect(gateIn(guarded, "sentinels")).toMatchObject({ outcome: "passed" });
  expect(gateIn(guarded, "old_tests")).not.toHaveProperty("later");
});

test("a change of files that decide how tests run is judged whole", async () => {
  fixture = createWithFirst(WITH_FIRST);
  fixture.put(
    "package.json",
    '{ "name": "numbers", "version": "1.0.0", "type": "module", "scripts": { "test": "x" } }\n',
  );
  expect(gateIn(await fixture.judge({ first: true }), "old_tests")).not.toHaveProperty("later");
  fixture.git("checkout", "-q", ".");
  fixture.put("test/helper.mjs", "export const helped = 1;\n");
  expect(gateIn(await fixture.judge({ first: true }), "old_tests")).not.toHaveProperty("later");
});

test("without tests that run first, everything runs", async () => {
  fixture = createFixture();
  fixture.put("src/numbers.mjs", `${MODULE}\nexport const zero = 0;\n`);
  expect(gateIn(await fixture.judge({ first: true }), "old_tests")).not.toHaveProperty("later");
});
