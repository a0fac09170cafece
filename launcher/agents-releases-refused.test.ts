/** A release of agents that never starts on the database: it cannot be built, or fails its rehearsal or a held-out test. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { readJournal } from "./journal.mjs";
import { type Checkout, read, releaseIn, say } from "./testing/checkout";
import { serving, stateOf } from "./testing/serving";

test("a change that cannot be built, that shrinks the database or changes the packages never starts", async () => {
  const { checkout, running } = await serving();
  const cases: [Record<string, string>, RegExp][] = [
    [{ "broken-build": "" }, /could not be built: a type error/],
    [{ "linked-build": "" }, /has a file or folder named manifest\.json/],
    [{ "refused.sql": "" }, /migrations were refused: it drops a table/],
    [{ "package-lock.json": '{"other":1}' }, /changes package-lock.json/],
  ];
  let n = 1;
  for (const [files, why] of cases) {
    n += 1;
    await say(running.port, checkout.propose("", files));
    await expect.poll(() => stateOf(checkout, n)).toBe("bad");
    expect(releaseIn(checkout.home, n)?.why).toMatch(why);
  }
  expect(await read(running.port)).toMatchObject({ release: 1, number: 1 });
});

test("a release that cannot do a small task, or does not stop, never opens the database", async () => {
  const { checkout, running } = await serving({ canaryMs: 500 });
  const cases: [string, RegExp][] = [
    ["process.exit(3);", /^It ended with status 3\.?$/],
    ["works.canary = () => {};", /did not finish a small task \(open\)/],
    ["works.canary = () => fs.writeFileSync(file, '{');", /database that cannot be read/],
    ["server.close = () => process.exit(5);", /did not stop as it was asked to: it ended with status 5/],
  ];
  let n = 1;
  for (const [behaviour, why] of cases) {
    n += 1;
    await say(running.port, checkout.propose(behaviour));
    await expect.poll(() => stateOf(checkout, n)).toBe("bad");
    expect(releaseIn(checkout.home, n)?.why).toMatch(why);
  }
  expect(await read(running.port)).toMatchObject({ release: 1, number: 1 });
  expect(readJournal(checkout.home).some(({ what }) => what === "expand")).toBe(false);
});

describe("a person's held-out tests", () => {
  function holdOut({ home }: Checkout, name: string, body: string) {
    const folder = path.join(home, "heldout");
    mkdirSync(folder, { recursive: true });
    const imports = `import test from "node:test"; import assert from "node:assert"; import fs from "node:fs";`;
    writeFileSync(path.join(folder, name), `${imports}\ntest("held out", async () => { ${body} });`);
    // The launcher runs as an ordinary account.
    chmodSync(folder, 0o755);
  }
  const ASK = "const told = await (await fetch(process.env.BANYAN_URL)).json();";

  test("refuse a release that fails one of them, except those that the permanent release fails too", async () => {
    const { checkout, running } = await serving();
    holdOut(checkout, "first.test.mjs", `${ASK} assert.notEqual(told.release, 2, "two is wrong");`);
    holdOut(checkout, "second.test.mjs", "assert.fail('always');");
    await say(running.port, checkout.propose("own.mark = 1;"));
    await expect.poll(() => stateOf(checkout, 2)).toBe("bad");
    expect(releaseIn(checkout.home, 2)?.why).toMatch(
      /^It fails a held-out test \(first.test.mjs: held out: two is wrong\)/,
    );
    await say(running.port, checkout.propose("own.mark = 2;"));
    await expect.poll(() => stateOf(checkout, 3)).toBe("permanent");
    const leftOut = readJournal(checkout.home).findLast(({ what }) => what === "rehearse");
    expect(leftOut?.why).toBe("Left out, because the permanent release fails them, too: second.test.mjs.");
  });

  test("are hidden from the release and its commands, and reach no network", async () => {
    const { checkout, running } = await serving();
    const program = `
      const seen = (folder) => { try { return fs.readdirSync(folder); } catch { return null; } };
      const places = () => [seen(told.home + "/heldout"), seen(told.home + "/launcher"), fs.readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name)).length];
      if (told.number === 0) write({ places: places() });`;
    const file = `
      import fs from "node:fs";
      export async function main([home]) {
        const seen = (folder) => { try { return fs.readdirSync(folder); } catch { return null; } };
        console.log(JSON.stringify(seen(home + "/heldout")));
        return 4;
      }`;
    const home = JSON.stringify(checkout.home);
    holdOut(
      checkout,
      "sees.test.mjs",
      `const { spawnSync } = await import("node:child_process"); const os = await import("node:os");
       const { places } = JSON.parse(fs.readFileSync(process.env.BANYAN_DATA_DIR + "/rows.json", "utf8"));
       assert.deepEqual(fs.readdirSync(${home} + "/heldout"), ["sees.test.mjs"]);
       assert.equal(places[0], null); assert.equal(places[1], null); assert.ok(places[2] <= 2);
       const said = spawnSync("banyan", [${home}], { encoding: "utf8" });
       assert.equal(said.stdout.trim(), "null"); assert.equal(said.status, 4);
       assert.deepEqual(Object.keys(os.networkInterfaces()), ["lo"]);`,
    );
    await say(running.port, checkout.propose(program, { "dist/banyan.mjs": file }));
    await expect.poll(() => stateOf(checkout, 2)).toBe("permanent");
  });
});
