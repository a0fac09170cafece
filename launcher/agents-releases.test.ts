/** Agents' releases by the launcher, with real processes and a server whose faults a test chooses. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { tellLauncher } from "./home.mjs";
import { readJournal } from "./journal.mjs";
import { type Checkout, read, releaseIn, say, stateIn } from "./testing/checkout";
import { draining, outside, released, serving, stateOf, UNHURRIED } from "./testing/serving";

test("an approved change is built, tried with a canary, watched, and becomes permanent", async () => {
  const { checkout, running } = await serving(UNHURRIED);
  await released(checkout, running, "own.mark = 1;");
  await expect.poll(() => stateOf(checkout, 2)).toBe("permanent");
  expect(stateOf(checkout, 1)).toBe("retired");
  await expect.poll(() => read(running.port)).toMatchObject({ release: 2, isTrial: false });
  const told = await read(running.port);
  expect(told.heard.filter((type) => !["status", "canary"].includes(type))).toEqual(["claim", "permanent"]);
  expect(told.heard.filter((type) => type === "canary").length).toBeGreaterThan(3);
  const steps = readJournal(checkout.home).map(({ what }) => what);
  expect(steps.slice(steps.indexOf("approved"))).toEqual([
    ...["approved", "build", "rehearse", "expand", "snapshot", "drain", "trial", "start", "watch", "permanent"],
  ]);
  // What only building needs is larger than the pages.
  expect(readdirSync(path.join(checkout.home, "releases", "2", ".next"))).toEqual(["server"]);
  const { numbers } = readJournal(checkout.home).findLast(({ what }) => what === "permanent")?.release?.trial ?? {};
  expect(numbers).toMatchObject({ asked: expect.any(Number), failed: 0 });
  expect(numbers?.asked).toBeGreaterThan(0);
  // The next start goes on with it, although the checkout does not have it.
  running.child.kill("SIGTERM");
  await running.ended;
  const again = await checkout.start();
  expect(await read(again.port)).toMatchObject({ release: 2 });
});

describe("a release that is worse is taken back, and the permanent one serves", () => {
  const faults: [string, string, RegExp][] = [
    ["crashes at boot", "process.exit(3);", /^It ended with status 3\.$/],
    [
      "hangs at start",
      "await new Promise(() => setInterval(() => {}, 1_000));",
      /^It did not answer within 5 seconds\.$/,
    ],
    ["says that it is well while its worker is dead", "works.canary = () => {};", /small task \(open\)/],
    ["answers as another instance", 'own.instance = "other";', /another instance/],
    ["answers as another release", "own.release = 1;", /another release/],
    ["shows no page", "page = '';", /no page/],
    [
      "exits in the watch",
      "works.claim = () => { works.canary = () => process.exit(0); };",
      /^It ended with status 0\.$/,
    ],
    ["drops a column at run time", 'works.claim = () => write({ schema: "s2" });', /changed the tables/],
    ["writes logs that cannot be read", "works.claim = () => write({ broken: 1 });", /log that cannot be read/],
    ["writes what permanent cannot fold", 'works.claim = () => write({ unfolded: "t1" });', /cannot read \(task t1\)/],
    ["claims nothing", "works.claim = () => write({ ready: 3 });", /takes no tasks/],
    ["fails tasks", "works.claim = () => write({ internal: 9 });", /9 tasks for internal reasons/],
    ["damages the database", "works.claim = () => fs.writeFileSync(file, '{');", /cannot be read/],
    [
      "tells the launcher something without an end",
      'works.claim = () => { const more = () => channel.write("x".repeat(1e5), more); more(); };',
      /^It (ended|did not finish)/,
    ],
    [
      "shows an error to everybody who has signed in",
      "signedIn = (response) => { response.statusCode = 500; response.end(); };",
      /signed-in people what the release before it shows: Operations \(status 500\)/,
    ],
    [
      "shows an error to everybody who has signed in once it is watched",
      "works.claim = () => { signedIn = (response) => { response.statusCode = 500; response.end(); }; };",
      /Operations \(status 500\)/,
    ],
    [
      "is slow for people who have signed in",
      "works.claim = () => { signedIn = (response) => setTimeout(() => response.end(), 1_200); };",
      /shows pages to signed-in people in \d+ ms \(before: \d+ ms\)/,
    ],
    ["runs no commands", "did.command = 'refused';", /^It ran no command in a small task/],
    ["asks nobody", "did.approval = 'none';", /^It asked nobody for an approval that/],
    ["goes on without the approval", "did.approval = 'refused';", /^It went on in a small task without the approval/],
    [
      "runs no commands once it is watched",
      "works.claim = () => { did.command = 'refused'; };",
      /^It ran no command in a small task/,
    ],
    ["stops answering", "works.claim = () => { own.status = 'No worker runs.'; };", /No worker runs/],
  ];
  test.each(faults)("it %s", async (_what, behaviour, why) => {
    const { checkout, running } = await serving();
    await released(checkout, running, behaviour);
    await expect.poll(() => stateOf(checkout, 2)).toBe("bad");
    expect(releaseIn(checkout.home, 2)?.why).toMatch(why);
    await expect.poll(() => read(running.port).catch(() => null)).toMatchObject({ release: 1, isTrial: false });
    expect(JSON.parse(readFileSync(path.join(checkout.data, "rows.json"), "utf8")).schema).toBe("s1");
    // The server hears what it has to put right, until it has.
    const { takenBack } = stateIn(checkout.home);
    expect(takenBack).toMatchObject({ n: 2, item: "item" });
    await say(running.port, { type: "settled", n: 2 });
    await expect.poll(() => stateIn(checkout.home).takenBack).toBeNull();
  });

  test("it fails now and then for people who have signed in", async () => {
    const { checkout, running } = await serving({ watchMs: 60_000 });
    const flaky =
      "signedIn = (response) => { turn += 1; response.statusCode = turn % 2 ? 500 : 200; response.end(); };";
    await released(checkout, running, `let turn = 0; works.claim = () => { ${flaky} };`);
    await expect.poll(() => stateOf(checkout, 2)).toBe("bad");
    expect(releaseIn(checkout.home, 2)?.why).toMatch(
      /^It failed 5 of \d+ requests of a signed-in person \(before: none\)\.$/,
    );
  });

  test("it leaks memory", async () => {
    const { checkout, running } = await serving({ smallBytes: 150_000_000, watchMs: 60_000 });
    const leak = "const kept = []; works.claim = () => setInterval(() => kept.push(Buffer.alloc(3e7, 1)), 50);";
    await released(checkout, running, leak);
    await expect.poll(() => stateOf(checkout, 2)).toBe("bad");
    expect(releaseIn(checkout.home, 2)?.why).toMatch(/MB of memory/);
  });
});

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

test("what cannot do a small task, or does not stop, never comes near the database", async () => {
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

  test("refuse a release that fails one, and leave out what the permanent release fails, too", async () => {
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

  test("are seen neither by the release nor by its commands, and reach no network", async () => {
    const { checkout, running } = await serving();
    const looks = `
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
    await say(running.port, checkout.propose(looks, { "dist/banyan.mjs": file }));
    await expect.poll(() => stateOf(checkout, 2)).toBe("permanent");
  });
});

test("evidence that was changed after approval, another base and a tree that was bad are dropped with the reason", async () => {
  const { checkout, running } = await serving();
  const swapped = checkout.propose("own.mark = 1;");
  await say(running.port, { ...swapped, gates: "0".repeat(64) });
  await expect.poll(() => releaseIn(checkout.home, 2)?.why).toMatch(/gates saw is gone, or was changed/);
  await released(checkout, running, "process.exit(4);");
  await expect.poll(() => stateOf(checkout, 3)).toBe("bad");
  await expect.poll(() => read(running.port).catch(() => null)).toMatchObject({ release: 1 });
  // The same sources as another commit.
  writeFileSync(path.join(checkout.data, "self.git", "description"), "");
  const again = checkout.propose(outside("process.exit(4);"));
  await say(running.port, again);
  await expect.poll(() => releaseIn(checkout.home, 4)?.why).toBe("The same was taken back as release 3.");
  checkout.build("// a person's edit");
  await say(running.port, checkout.propose("own.mark = 2;"));
  await expect.poll(() => releaseIn(checkout.home, 5)?.why).toMatch(/Another release became permanent/);
});

test("while everything is paused a canary may wait, and the trial goes on", async () => {
  const { checkout, running } = await serving({ watchMs: 600_000 });
  const paused =
    "works.canary = (...given) => { if (!rows().halted) canary(...given); }; works.claim = () => write({ halted: true });";
  await released(checkout, running, paused);
  await expect.poll(async () => (await read(running.port).catch(() => null))?.heard ?? []).toContain("claim");
  const canaries = async () => (await read(running.port)).heard.filter((type) => type === "canary").length;
  const before = await canaries();
  await expect.poll(canaries).toBeGreaterThan(before + 3);
  expect(stateOf(checkout, 2)).toBe("trial");
});

test("a stop in the middle of a step is no fault of the release", async () => {
  const { checkout, running } = await serving();
  writeFileSync(path.join(checkout.data, "slow"), "");
  await released(checkout, running, "own.mark = 1;");
  await expect.poll(() => readJournal(checkout.home).some(({ what }) => what === "expand"), { interval: 5 }).toBe(true);
  running.child.kill("SIGTERM");
  await running.ended;
  expect(stateOf(checkout, 2)).toBe("approved");
  rmSync(path.join(checkout.data, "slow"));
  await checkout.start();
  await expect.poll(() => stateOf(checkout, 2)).toBe("permanent");
});

test("guarded files wait for a person at the machine", async () => {
  const { checkout, running } = await serving();
  // The mark of the change names another file, and that of the release that runs counts as well.
  const files = { "launcher/main.mjs": "// nothing\n", "launcher/GUARDED": "- other.mjs\n" };
  await released(checkout, running, "own.mark = 1;", files);
  await expect
    .poll(() => releaseIn(checkout.home, 2)?.waits)
    .toMatch(/It changes launcher\/GUARDED, launcher\/main.mjs.*releases confirm 2/);
  expect(await tellLauncher(checkout.home, { command: "confirm", n: 9, by: "Ann" })).toHaveProperty("problem");
  expect(await tellLauncher(checkout.home, { command: "confirm", n: 2, by: "Ann" })).toHaveProperty("sentence");
  await expect.poll(() => stateOf(checkout, 2)).toBe("permanent");
});

test("a person goes back to a release that was permanent, and not to one that never was", async () => {
  const { checkout, running } = await serving();
  await released(checkout, running, "own.mark = 1;");
  await expect.poll(() => stateOf(checkout, 2)).toBe("permanent");
  expect(await tellLauncher(checkout.home, { command: "back", n: 7, by: "Ann" })).toHaveProperty("problem");
  const said = await tellLauncher(checkout.home, { command: "back", n: 1, by: "Ann" });
  expect(said).toEqual({ sentence: "Release 1 serves." });
  await expect.poll(() => read(running.port).catch(() => null)).toMatchObject({ release: 1 });
  expect([stateOf(checkout, 1), stateOf(checkout, 2)]).toEqual(["permanent", "retired"]);
});

test("after two rollbacks nothing is released until a person allows it", async () => {
  const { checkout, running } = await serving({ rollbacksAnHour: 2 });
  for (const n of [2, 3]) {
    await say(running.port, checkout.propose(outside(`process.exit(${n});`)));
    await expect.poll(() => stateOf(checkout, n)).toBe("bad");
    await expect.poll(() => read(running.port).catch(() => null)).toMatchObject({ release: 1 });
  }
  await say(running.port, checkout.propose("own.mark = 1;"));
  await expect.poll(() => releaseIn(checkout.home, 4)?.waits).toMatch(/2 releases of agents were taken back/);
  await tellLauncher(checkout.home, { command: "resume", by: "Ann" });
  await expect.poll(() => stateOf(checkout, 4)).toBe("permanent");
});

test("the file halt drops what waits and takes back what is on trial", async () => {
  const { checkout, running } = await serving({ watchMs: 600_000 });
  await released(checkout, running, "own.mark = 1;");
  await expect
    .poll(() => read(running.port).catch(() => null))
    .toMatchObject({ release: 2, heard: expect.arrayContaining(["claim"]) });
  mkdirSync(path.join(checkout.data, "self"), { recursive: true });
  writeFileSync(path.join(checkout.data, "self", "halt"), "");
  await expect.poll(() => stateOf(checkout, 2)).toBe("dropped");
  await expect.poll(() => read(running.port).catch(() => null)).toMatchObject({ release: 1 });
  rmSync(path.join(checkout.data, "self", "halt"));
});

test("the file halt is not kept waiting by turns that end: what waits is dropped, and the server claims again", async () => {
  const { checkout, running } = await serving();
  await draining(checkout, running);
  mkdirSync(path.join(checkout.data, "self"), { recursive: true });
  writeFileSync(path.join(checkout.data, "self", "halt"), "");
  await expect.poll(() => stateOf(checkout, 3)).toBe("dropped");
  await expect.poll(async () => (await read(running.port)).heard).toContain("resume");
  expect(await read(running.port)).toMatchObject({ release: 2 });
});

test("a person's restart in a trial counts no try, and a person's version comes first", async () => {
  const { checkout, running } = await serving({ watchMs: 600_000 });
  await released(checkout, running, "own.mark = 1;");
  for (const number of [2, 3, 4]) {
    await expect.poll(async () => (await read(running.port).catch(() => null))?.number).toBe(number);
    await expect.poll(async () => (await read(running.port)).heard).toContain("claim");
    expect(await tellLauncher(checkout.home, { command: "restart", by: "Ann" })).toEqual({ release: 2 });
  }
  checkout.build("// a person's edit");
  expect(await tellLauncher(checkout.home, { command: "restart", by: "Ann", contents: "mine" })).toEqual({
    release: 3,
  });
  expect([stateOf(checkout, 2), stateOf(checkout, 3)]).toEqual(["dropped", "permanent"]);
});
