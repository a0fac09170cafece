/** The launcher with real processes, as an ordinary account. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { tellLauncher } from "./home.mjs";
import { readJournal } from "./journal.mjs";
import { type Checkout, makeCheckout, read, releaseIn, say, stateIn } from "./testing/checkout";
import { QUICK } from "./testing/serving";

test("the checkout becomes release 1, permanent without a trial; a change becomes the next release after it has come up", async () => {
  const checkout = makeCheckout();
  const first = await checkout.start();
  expect(await read(first.port)).toMatchObject({ release: 1, isTrial: false });
  // The server answers a moment before the launcher has heard that it is ready.
  await expect.poll(() => releaseIn(checkout.home, 1)).toMatchObject({ state: "permanent", reads: 2 });
  first.child.kill("SIGTERM");
  expect([await first.ended, first.said()]).toEqual([0, expect.stringMatching(/Stopped/)]);

  const again = await checkout.start();
  expect(await read(again.port)).toMatchObject({ release: 1 });
  again.child.kill("SIGTERM");
  await again.ended;

  checkout.build("// edited");
  const changed = await checkout.start();
  await expect.poll(() => read(changed.port)).toMatchObject({ release: 2, isTrial: false });
  expect(stateIn(checkout.home).releases.map(({ n, state }) => [n, state])).toEqual([
    [1, "retired"],
    [2, "permanent"],
  ]);
  expect(existsSync(path.join(checkout.home, "releases/2/.env"))).toBe(false);
});

test.each([
  ["crashes at boot", "process.exit(3);"],
  ["throws", 'throw new Error("a broken edit");'],
])("after a hand edit that %s the former release serves, and the edit is not tried again", async (_what, behaviour) => {
  const checkout = makeCheckout();
  const first = await checkout.start();
  first.child.kill("SIGTERM");
  await first.ended;
  checkout.build(behaviour);
  const second = await checkout.start();
  expect(await read(second.port)).toMatchObject({ release: 1 });
  expect(second.said()).toMatch(/Release 2 did not come up\. It ended with status \d+\.\nRelease 1 serves instead\./);
  expect(releaseIn(checkout.home, 2)).toMatchObject({
    state: "bad",
    why: expect.stringContaining("ended with status"),
  });
  second.child.kill("SIGTERM");
  await second.ended;
  const third = await checkout.start();
  expect(await read(third.port)).toMatchObject({ release: 1 });
  expect(third.said()).toContain("The checkout is as release 2, which was taken back");
  checkout.build("// mended");
});

test("a restart into a broken edit ends with the release before it, which counts no crash", async () => {
  const checkout = makeCheckout();
  const running = await checkout.start();
  checkout.build("process.exit(9);");
  const said = await tellLauncher(checkout.home, { command: "restart", by: "test", contents: "broken" });
  expect(said).toEqual({ problem: "Release 2 did not come up. It ended with status 9." });
  await expect.poll(() => read(running.port).catch(() => null)).toMatchObject({ release: 1, number: 3 });
  await tellLauncher(checkout.home, { command: "stop", by: "test" });
  expect(await running.ended).toBe(0);
  const journal = readFileSync(path.join(checkout.home, "journal.jsonl"), "utf8");
  expect(journal).not.toContain('"crash"');
});

test("a restart into the same broken edit says again that it does not serve", async () => {
  const checkout = makeCheckout();
  const { port } = await checkout.start();
  checkout.build("process.exit(9);");
  const broken = { command: "restart", by: "test", contents: "broken" };
  await tellLauncher(checkout.home, broken);
  expect(await tellLauncher(checkout.home, broken)).toEqual({
    problem: "The checkout is as release 2, which was taken back: It ended with status 9.",
  });
  await expect.poll(() => read(port).catch(() => null)).toMatchObject({ release: 1, number: 4 });
});

test("a restart into a wrong setting says that the server has ended", async () => {
  const checkout = makeCheckout();
  checkout.build('if (fs.existsSync(process.env.BANYAN_CHECKOUT + "/data/wrong")) process.exit(2);');
  const { ended } = await checkout.start();
  writeFileSync(path.join(checkout.data, "wrong"), "");
  const said = await tellLauncher(checkout.home, { command: "restart", by: "test" });
  expect(said).toEqual({ problem: "The server has ended: its log says why.", hasEnded: true });
  expect(await ended).toBe(2);
});

describe("a person's version that has not come up yet", () => {
  const placed = (name: string) => `fs.existsSync(process.env.BANYAN_CHECKOUT + "/data/${name}")`;
  const HANGS = `if (!${placed("go")}) await new Promise(() => setInterval(() => {}, 1_000));`;

  async function stopped(checkout: Checkout): Promise<void> {
    const { child, ended } = await checkout.start();
    child.kill("SIGTERM");
    await ended;
  }

  /** Stops the launcher while release 2 comes up. */
  async function stoppedAtBoot(checkout: Checkout): Promise<void> {
    const starts = () => readJournal(checkout.home).filter(({ what, release }) => what === "start" && release?.n === 2);
    const before = starts().length;
    const starting = checkout.start();
    await expect.poll(() => starts().length).toBe(before + 1);
    await tellLauncher(checkout.home, { command: "stop", by: "test" });
    expect(await (await starting).ended).toBe(0);
  }

  test("does not count as bad because it was stopped meanwhile, however often", async () => {
    const checkout = makeCheckout();
    await stopped(checkout);
    checkout.build(HANGS);
    for (const _turn of [1, 2, 3]) await stoppedAtBoot(checkout);
    writeFileSync(path.join(checkout.data, "go"), "");
    expect(await read((await checkout.start()).port)).toMatchObject({ release: 2 });
  });

  test("does not count as bad because of a wrong setting, however often", async () => {
    const checkout = makeCheckout();
    await stopped(checkout);
    checkout.build(`if (!${placed("go")}) process.exit(2);`);
    for (const _turn of [1, 2, 3]) expect(await (await checkout.start()).ended).toBe(2);
    writeFileSync(path.join(checkout.data, "go"), "");
    expect(await read((await checkout.start()).port)).toMatchObject({ release: 2 });
  });

  test("comes again after another version came first", async () => {
    const checkout = makeCheckout();
    await stopped(checkout);
    checkout.build(HANGS);
    await stoppedAtBoot(checkout);
    checkout.build("// another");
    await checkout.start();
    await expect.poll(() => releaseIn(checkout.home, 3)?.state).toBe("permanent");
    checkout.build("// the one before");
    const said = await tellLauncher(checkout.home, { command: "restart", by: "test", contents: "c2" });
    expect([said, releaseIn(checkout.home, 2)?.state]).toEqual([{ release: 4 }, "dropped"]);
  });
});

test("1,000 requests over ten hand-overs: none is refused, and none fails", async () => {
  const checkout = makeCheckout();
  const { port } = await checkout.start();
  const launches = new Set<number>();
  let isOver = false;
  const asking = Array.from({ length: 4 }, async () => {
    let count = 0;
    while (!isOver || count < 250) {
      const told = await read(port).catch((error: Error) => {
        const journal = readFileSync(path.join(checkout.home, "journal.jsonl"), "utf8");
        throw new Error(`A request failed in launch ${launches.size}: ${error.message}\n${journal}`);
      });
      launches.add(told.number);
      count += 1;
    }
    return count;
  });
  const asked = Promise.all(asking);
  for (let turn = 0; turn < 10; turn++) {
    const said = await tellLauncher(checkout.home, { command: "restart", by: "test" });
    expect(said).toEqual({ release: 1 });
    // Otherwise the next hand-over may come before anybody has asked this server.
    await Promise.race([expect.poll(() => launches.size, { timeout: 60_000 }).toBe(turn + 2), asked]);
  }
  isOver = true;
  const counts = await asked;
  expect(counts.reduce((sum, count) => sum + count)).toBeGreaterThanOrEqual(1_000);
  expect(launches.size).toBe(11);
});

describe("a person's version in its first minute", () => {
  /** Resolves while release 2, a person's edit, serves and release 1 is the former one. */
  async function edited(limits = {}) {
    const checkout = makeCheckout({ limits });
    const running = await checkout.start();
    checkout.build("// edited");
    expect(await tellLauncher(checkout.home, { command: "restart", by: "Ann", contents: "edited" })).toEqual({
      release: 2,
    });
    await expect.poll(() => releaseIn(checkout.home, 2)?.state).toBe("permanent");
    return { checkout, running };
  }
  const lost = (side: string) => ({ type: "crashed", side, how: "ended with status 3" });

  test("that ends gives way at once to the former release, and requests wait instead of being refused", async () => {
    const { checkout, running } = await edited();
    await read(running.port, "/crash").catch(() => {});
    // Neither a refused connection nor the launcher's sentence, from the first request on.
    const told = await read(running.port);
    expect(told).toMatchObject({ release: 1, status: { notice: expect.stringContaining("Release 1 serves") } });
    const why = "It ended with status 7 in its first minute.";
    expect(releaseIn(checkout.home, 2)).toMatchObject({ state: "bad", why });
    expect(running.said()).toContain(`Release 2 was taken back. ${why} Release 1 serves instead.`);
    const journal = readJournal(checkout.home);
    expect(journal.filter(({ what }) => what === "crash")).toHaveLength(1);
    expect(journal.findLast(({ what }) => what === "permanent")).toMatchObject({ release: { n: 1 }, why });
  });

  test.each([
    ["web", "its pages"],
    ["worker", "its worker"],
  ])("that loses its %s, which its supervisor would start again, gives way at once", async (side, words) => {
    const { checkout, running } = await edited();
    await say(running.port, lost(side)).catch(() => {});
    await expect.poll(() => read(running.port)).toMatchObject({ release: 1 });
    expect(releaseIn(checkout.home, 2)).toMatchObject({
      state: "bad",
      why: `It lost ${words} (ended with status 3) in its first minute.`,
    });
  });

  test("goes back to the release that it replaced, and not to a newer one that a person left", async () => {
    const { checkout, running } = await edited();
    expect(await tellLauncher(checkout.home, { command: "back", n: 1, by: "Ann" })).toHaveProperty("sentence");
    checkout.build("// a third");
    const third = { command: "restart", by: "Ann", contents: "third" };
    expect(await tellLauncher(checkout.home, third)).toEqual({ release: 3 });
    await expect.poll(() => releaseIn(checkout.home, 3)?.state).toBe("permanent");
    // A server hears at its start to which release one can go back.
    await tellLauncher(checkout.home, { command: "restart", by: "Ann" });
    expect(await read(running.port)).toMatchObject({ release: 3, status: { now: { before: { n: 1 } } } });
    await read(running.port, "/crash").catch(() => {});
    expect(await read(running.port)).toMatchObject({ release: 1 });
  });

  test("does not count as bad because it is stopped, restarted or has a wrong setting", async () => {
    const checkout = makeCheckout();
    const first = await checkout.start();
    checkout.build('if (fs.existsSync(process.env.BANYAN_CHECKOUT + "/data/wrong")) process.exit(2);');
    await tellLauncher(checkout.home, { command: "restart", by: "Ann", contents: "c2" });
    await expect.poll(() => releaseIn(checkout.home, 2)?.state).toBe("permanent");
    expect(await tellLauncher(checkout.home, { command: "restart", by: "Ann" })).toEqual({ release: 2 });
    first.child.kill("SIGTERM");
    await first.ended;
    writeFileSync(path.join(checkout.data, "wrong"), "");
    expect(await (await checkout.start()).ended).toBe(2);
    rmSync(path.join(checkout.data, "wrong"));
    expect(await read((await checkout.start()).port)).toMatchObject({ release: 2 });
  });

  test("is over: a crash is followed by another start, and a side that crashes again and again brings the former one back", async () => {
    const { checkout, running } = await edited({ provingMs: 0 });
    await expect.poll(() => releaseIn(checkout.home, 2)?.isProved).toBe(true);
    for (let count = 0; count < 4; count++) await say(running.port, lost("worker"));
    await expect.poll(() => readJournal(checkout.home).filter(({ what }) => what === "crash")).toHaveLength(4);
    expect(await read(running.port)).toMatchObject({ release: 2, number: 2 });
    await say(running.port, lost("web")).catch(() => {});
    await expect.poll(() => read(running.port)).toMatchObject({ release: 1 });
    const why = "It crashed 5 times in ten minutes.";
    expect(releaseIn(checkout.home, 2)).toMatchObject({ state: "bad", why });
    expect(readJournal(checkout.home).findLast(({ what }) => what === "permanent")).toMatchObject({ why });
  });

  test("without a former release it continues, however often a side is reported to crash", async () => {
    const checkout = makeCheckout();
    const { port } = await checkout.start();
    for (let count = 0; count < 20; count++) await say(port, lost("worker"));
    expect(await tellLauncher(checkout.home, { command: "restart", by: "Ann" })).toEqual({ release: 1 });
    expect(readJournal(checkout.home).filter(({ what }) => what === "crash").length).toBeLessThan(10);
  });
});

test("a crash is followed by another start; after five crashes the former release serves", async () => {
  const checkout = makeCheckout({ limits: { provingMs: 0 } });
  const first = await checkout.start();
  first.child.kill("SIGTERM");
  await first.ended;
  checkout.build("// a leak that shows later");
  const second = await checkout.start();
  await expect.poll(() => releaseIn(checkout.home, 2)?.state).toBe("permanent");
  for (let count = 0; count < 5; count++) {
    const { number } = await read(second.port);
    await read(second.port, "/crash").catch(() => {});
    // Meanwhile the launcher's sentence may answer with 503.
    await expect
      .poll(async () => (await read(second.port).catch(() => null))?.number, { timeout: 60_000 })
      .toBeGreaterThan(number);
  }
  expect(await read(second.port)).toMatchObject({ release: 1 });
  expect(releaseIn(checkout.home, 2)).toMatchObject({ state: "bad", why: "It crashed 5 times in ten minutes." });
});

test("SIGKILL of the launcher leaves no process, and the next start continues", async () => {
  const checkout = makeCheckout();
  const first = await checkout.start();
  const before = processesOf(checkout.root);
  expect(before.length).toBeGreaterThan(1);
  first.child.kill("SIGKILL");
  await first.ended;
  await expect.poll(() => processesOf(checkout.root)).toEqual([]);
  const second = await checkout.start();
  expect(await read(second.port)).toMatchObject({ release: 1, number: 2 });
});

test("files of old releases that cannot be removed end no server, and releases that come meanwhile are kept", async () => {
  const checkout = makeCheckout({ bwrap: false });
  const { port } = await checkout.start();
  const [begun, go] = [path.join(checkout.data, "begun"), path.join(checkout.data, "go")];
  const find = `#!/bin/sh
case "$1" in *releases/left)
  : > ${begun}
  while [ ! -e ${go} ]; do /usr/bin/sleep 0.01; done
  exit 1
esac
exec /usr/bin/find "$@"
`;
  rmSync(path.join(checkout.bin, "find"));
  writeFileSync(path.join(checkout.bin, "find"), find, { mode: 0o755 });
  mkdirSync(path.join(checkout.home, "releases/left"));
  checkout.build("// edited");
  await tellLauncher(checkout.home, { command: "restart", by: "test", contents: "edited" });
  await expect.poll(() => existsSync(begun)).toBe(true);
  await say(port, checkout.propose(""));
  await expect.poll(() => releaseIn(checkout.home, 3)?.state).toBe("approved");
  writeFileSync(go, "");
  expect(await tellLauncher(checkout.home, { command: "restart", by: "test" })).toEqual({ release: 2 });
  expect(releaseIn(checkout.home, 3)?.state).toBe("approved");
});

/** Returns the ids of processes whose arguments or folder name the checkout. */
function processesOf(root: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return (
          readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(root) &&
          !/ Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"))
        );
      } catch {
        return false;
      }
    });
}

const PROBE = `
const attempts = {
  home: () => fs.readdirSync(told.home),
  state: () => fs.readFileSync(told.home + "/state.json"),
  launcher: () => fs.readdirSync(told.home + "/launcher"),
  release: () => fs.writeFileSync(told.home + "/releases/" + told.release + "/scripts/serve.mjs", ""),
  checkout: () => fs.writeFileSync(process.env.BANYAN_CHECKOUT + "/package.json", "{}"),
  secret: () => fs.writeFileSync(process.env.BANYAN_CHECKOUT + "/.env", ""),
  data: () => fs.writeFileSync(process.env.BANYAN_CHECKOUT + "/data/mine", ""),
  socket: () => fs.statSync(told.home + "/launcher.sock"),
};
tried = Object.fromEntries(Object.entries(attempts).map(([name, run]) => {
  try { return [name, run() ?? "done"]; } catch (error) { return [name, error.code]; }
}));
tried.seen = fs.readdirSync("/proc").filter((name) => /^\\d+$/.test(name)).length;
`;

test("from its cell a release can read nothing of home, write neither itself nor the checkout, and signal nobody", async () => {
  const checkout = makeCheckout();
  checkout.build(PROBE);
  const { port } = await checkout.start();
  const { tried } = await read(port);
  expect(tried).toMatchObject({
    home: ["deps", "releases"],
    state: "ENOENT",
    launcher: "ENOENT",
    release: "EROFS",
    checkout: "EROFS",
    secret: "EROFS",
    data: "done",
    socket: "ENOENT",
    // Bubblewrap's first process and itself: it cannot signal a process that it does not see.
    seen: 2,
  });
});

test("without bubblewrap it serves, builds no change of agents, and says why once agents have proposed one", async () => {
  const checkout = makeCheckout({ bwrap: false, limits: QUICK });
  const running = await checkout.start();
  expect(await read(running.port)).toMatchObject({ release: 1 });
  expect(running.said()).not.toContain("bubblewrap");
  const status = await tellLauncher(checkout.home, { command: "status" });
  expect(status).toMatchObject({ serving: 1, cell: { open: false } });
  await say(running.port, checkout.propose("own.mark = 1;"));
  await expect.poll(() => releaseIn(checkout.home, 2)?.waits).toMatch(/^Bubblewrap builds agents' releases/);
  expect(await read(running.port)).toMatchObject({ release: 1 });
  running.child.kill("SIGTERM");
  await running.ended;
  expect((await checkout.start()).said()).toContain(
    "Releases with changes by agents run with all rights of this account, because bubblewrap is not installed",
  );
});

test("state.json cut at each byte still starts a release", async () => {
  const checkout = makeCheckout();
  const first = await checkout.start();
  first.child.kill("SIGTERM");
  await first.ended;
  const file = path.join(checkout.home, "state.json");
  const whole = readFileSync(file);
  const { readState } = await import("./state.mjs");
  for (let bytes = 0; bytes < whole.length; bytes++) {
    writeFileSync(file, whole.subarray(0, bytes));
    const state = readState(checkout.home);
    expect([bytes, state.releases.map(({ n, state: is }) => [n, is])]).toEqual([bytes, [[1, "permanent"]]]);
  }
  // Also when the previous state is gone: the journal knows the releases, and nothing is released until a person looks.
  writeFileSync(file, whole.subarray(0, 10));
  writeFileSync(`${file}.1`, "");
  const second = await checkout.start();
  expect(await read(second.port)).toMatchObject({ release: 1 });
  expect(stateIn(checkout.home).halted).toMatch(/unreadable/);
});

test("a second launcher is refused by name", async () => {
  const checkout = makeCheckout();
  const first = await checkout.start();
  const second = await checkout.start();
  expect(await second.ended).toBe(2);
  expect(second.said()).toMatch(new RegExp(`Process ${first.child.pid} already serves with .*: use that server`));
  expect(await read(first.port)).toMatchObject({ release: 1 });
});

test("a server that a person stops for a while starts again by itself, and meanwhile visitors are told so", async () => {
  const checkout = makeCheckout({ limits: QUICK });
  const { port, child, ended } = await checkout.start();
  const first = await read(port);
  await say(port, { type: "ask", what: "restart", by: "Ann", restMs: 1_500 });
  const told = () => fetch(`http://127.0.0.1:${port}/`).then(async (answer) => [answer.status, await answer.text()]);
  await expect.poll(told).toEqual([503, "Banyan is stopped for 2 seconds. Nothing is lost.\n"]);
  await expect
    .poll(() => read(port).catch(() => null))
    .toMatchObject({ release: 1, number: Number(first?.number) + 1 });
  const { what, by } = readJournal(checkout.home).find((line) => line.what === "restart") ?? {};
  expect([what, by]).toEqual(["restart", "Ann"]);
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
});
