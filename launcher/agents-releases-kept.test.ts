/** Releases by agents are kept over a person's pull and over kills at each step. */
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { tellLauncher } from "./home.mjs";
import { readJournal } from "./journal.mjs";
import { readState, writeState } from "./state.mjs";
import { type Checkout, give, makeCheckout, type Running, read, releaseIn, say } from "./testing/checkout";
import { outside, QUICK, released, serving, stateOf, UNHURRIED } from "./testing/serving";

describe("a pull over what agents released", () => {
  async function withAgents() {
    const given = await serving(UNHURRIED);
    // As in Banyan's own checkout: `.gitignore` keeps a file that no release has.
    writeFileSync(path.join(given.checkout.root, ".gitignore"), "/bin\n.env\n.env.*\n!.env.example\n");
    writeFileSync(path.join(given.checkout.root, ".env.example"), "SETTING=\n");
    writeFileSync(path.join(given.checkout.root, "notes.txt"), "one\ntwo\nthree\nfour\nfive\n");
    await tellLauncher(given.checkout.home, { command: "restart", by: "Ann", contents: "notes" });
    await expect.poll(() => stateOf(given.checkout, 2)).toBe("permanent");
    await say(given.running.port, given.checkout.propose("", { "notes.txt": "ONE\ntwo\nthree\nfour\nfive\n" }));
    await expect.poll(() => stateOf(given.checkout, 3)).toBe("permanent");
    return given;
  }

  test("is merged, and keeps all of the agents' changes", async () => {
    const { checkout, running } = await withAgents();
    writeFileSync(path.join(checkout.root, "notes.txt"), "one\ntwo\nthree\nfour\nFIVE\n");
    const said = await tellLauncher(checkout.home, { command: "restart", by: "Ann", contents: "pulled" });
    expect(said).toEqual({ release: 4 });
    expect(readFileSync(path.join(checkout.home, "releases/4/notes.txt"), "utf8")).toBe(
      "ONE\ntwo\nthree\nfour\nFIVE\n",
    );
    expect(await read(running.port)).toMatchObject({ release: 4 });
    // A change that agents propose on the merged release does not count as a change of an older release.
    writeFileSync(path.join(checkout.root, "notes.txt"), "ONE\ntwo\nthree\nfour\nFIVE\n");
    await say(running.port, checkout.propose("", { "notes.txt": "ONE\ntwo\nTHREE\nfour\nFIVE\n" }));
    await expect.poll(() => releaseIn(checkout.home, 5)?.why ?? stateOf(checkout, 5)).toBe("permanent");
  });

  test("that conflicts is refused with the commands, and dropped only on request", async () => {
    const { checkout, running } = await withAgents();
    writeFileSync(path.join(checkout.root, "notes.txt"), "MINE\ntwo\nthree\nfour\nfive\n");
    const said = await tellLauncher(checkout.home, { command: "restart", by: "Ann", contents: "pulled" });
    expect(said?.problem).toMatch(/change the same lines of notes.txt: .*git pull .*self.git permanent.*--drop-agents/);
    await expect.poll(() => read(running.port).catch(() => null)).toMatchObject({ release: 3 });
    const dropped = { command: "restart", by: "Ann", contents: "pulled", drop: true };
    expect(await tellLauncher(checkout.home, dropped)).toEqual({ release: 4 });
    expect(readFileSync(path.join(checkout.home, "releases/4/notes.txt"), "utf8")).toMatch(/^MINE/);
    expect(existsSync(path.join(checkout.home, "releases/3"))).toBe(true);
  });

  test("that was merged can be served without what agents released, as often as a person asks for it", async () => {
    const { checkout } = await withAgents();
    const notes = (n: number) => readFileSync(path.join(checkout.home, `releases/${n}/notes.txt`), "utf8");
    writeFileSync(path.join(checkout.root, "notes.txt"), "one\ntwo\nthree\nfour\nFIVE\n");
    const restart = (drop: boolean) =>
      tellLauncher(checkout.home, { command: "restart", by: "Ann", contents: "pulled", drop });
    expect(await restart(false)).toEqual({ release: 4 });
    expect([await restart(true), notes(5)]).toEqual([{ release: 5 }, "one\ntwo\nthree\nfour\nFIVE\n"]);
    expect(await restart(false)).toEqual({ release: 5 });
    await tellLauncher(checkout.home, { command: "back", n: 4, by: "Ann" });
    expect(await restart(false)).toEqual({ release: 4 });
    expect([await restart(true), notes(6)]).toEqual([{ release: 6 }, "one\ntwo\nthree\nfour\nFIVE\n"]);
  });
});

/** A server that needs a package which fits one Node, as the real one its database. */
const NEEDS_PACKAGES = 'await import("thing/index.js");';

/** Makes all that home has as another Node has left it: packages with a name and modules of their own. */
function madeByAnotherNode({ home }: Checkout): void {
  const deps = path.join(home, "deps");
  const other = (name: string) => name.replace(/\d+$/, "1");
  for (const name of readdirSync(deps)) {
    const thing = path.join(deps, name, "node_modules/thing");
    chmodSync(thing, 0o700);
    rmSync(path.join(thing, "index.js"));
    renameSync(path.join(deps, name), path.join(deps, other(name)));
  }
  const state = readState(home);
  for (const { n, deps: name } of state.releases) {
    const folder = path.join(home, "releases", String(n));
    chmodSync(folder, 0o700);
    rmSync(path.join(folder, "node_modules"));
    symlinkSync(path.join("../../deps", other(name), "node_modules"), path.join(folder, "node_modules"));
    chmodSync(folder, 0o500);
  }
  writeState(home, { ...state, releases: state.releases.map((made) => ({ ...made, deps: other(made.deps) })) });
  give(home);
}

describe("another Node at the next start", () => {
  async function withAgents(meanwhile?: (checkout: Checkout, running: Running) => Promise<void>) {
    const checkout = makeCheckout({ limits: { ...QUICK, ...UNHURRIED } });
    checkout.build(NEEDS_PACKAGES);
    const running = await checkout.start();
    await expect.poll(() => stateOf(checkout, 1)).toBe("permanent");
    await say(running.port, checkout.propose(NEEDS_PACKAGES, { "notes.txt": "by agents\n" }));
    await expect.poll(() => stateOf(checkout, 2)).toBe("permanent");
    await meanwhile?.(checkout, running);
    running.child.kill(meanwhile ? "SIGKILL" : "SIGTERM");
    await running.ended;
    madeByAnotherNode(checkout);
    // The digest of what is built counts the Node, too.
    checkout.build(NEEDS_PACKAGES);
    return checkout;
  }

  test("what agents released serves with the packages of that Node, and one can go back to each release", async () => {
    const checkout = await withAgents();
    const { port } = await checkout.start();
    expect(await read(port)).toMatchObject({ release: 2, isTrial: false });
    expect(readJournal(checkout.home).filter(({ what }) => what === "crash")).toEqual([]);
    expect(stateOf(checkout, 2)).toBe("permanent");
    expect(await tellLauncher(checkout.home, { command: "back", n: 1, by: "Ann" })).toHaveProperty("sentence");
  });

  test("a pull, also with other packages, is merged with what agents released", async () => {
    const checkout = await withAgents();
    writeFileSync(path.join(checkout.root, "package-lock.json"), '{ "version": 2 }');
    const { port, said } = await checkout.start();
    await expect.poll(() => read(port)).toMatchObject({ release: 3, isTrial: false });
    expect(said()).not.toContain("another version of Node");
    expect(readFileSync(path.join(checkout.home, "releases/3/notes.txt"), "utf8")).toBe("by agents\n");
  });

  test("a change that was on trial is built for it, and continues", async () => {
    const checkout = await withAgents(async ({ root, home, propose }, { port }) => {
      writeFileSync(path.join(root, "notes.txt"), "by agents\n");
      await say(port, propose(NEEDS_PACKAGES, { "notes.txt": "by agents, again\n" }));
      rmSync(path.join(root, "notes.txt"));
      const isOnTrial = () => readJournal(home).some(({ what, release }) => what === "trial" && release?.n === 3);
      await expect.poll(isOnTrial, { interval: 2 }).toBe(true);
    });
    const { port } = await checkout.start();
    expect(await read(port)).toMatchObject({ release: 2 });
    await expect.poll(() => stateOf(checkout, 3)).toBe("permanent");
    await expect.poll(() => read(port).catch(() => null)).toMatchObject({ release: 3 });
  });

  test("without packages for it nothing starts, and nothing counts as bad", async () => {
    const checkout = await withAgents();
    // As after agents went back to the packages of an earlier release.
    const state = readState(checkout.home);
    const strange = (deps: string) => deps.replace(/^\w+/, "0123456789abcdef");
    writeState(checkout.home, {
      ...state,
      releases: state.releases.map((made) => ({ ...made, deps: strange(made.deps) })),
    });
    give(checkout.home);
    const running = await checkout.start();
    expect(await running.ended).toBe(1);
    expect(running.said()).toContain("Release 2 was made for another version of Node");
    expect([stateOf(checkout, 1), stateOf(checkout, 2)]).toEqual(["retired", "permanent"]);
  });
});

describe("SIGKILL at each step", () => {
  const steps = [
    "approved",
    "build",
    "rehearse",
    "snapshot",
    "expand",
    "drain",
    "trial",
    "start",
    "watch",
    "permanent",
  ];
  test.each(steps)("of the launcher after %s: a release serves, and the change continues", async (step) => {
    const { checkout, running } = await serving({ ...UNHURRIED, watchMs: 1_000 });
    const proposal = checkout.propose(outside("own.mark = 1;"));
    await say(running.port, proposal);
    await expect
      .poll(() => readJournal(checkout.home).some(({ what, release }) => what === step && release?.n === 2), {
        interval: 2,
      })
      .toBe(true);
    running.child.kill("SIGKILL");
    await running.ended;
    const again = await checkout.start();
    expect([1, 2]).toContain((await read(again.port)).release);
    // A server repeats this until the launcher has it: the journal has the approval before the launcher keeps it.
    const asks = async () => {
      if (stateOf(checkout, 2) === undefined) await say(again.port, proposal);
      return stateOf(checkout, 2);
    };
    await expect.poll(asks).toBe("permanent");
    await expect.poll(() => read(again.port).catch(() => null)).toMatchObject({ release: 2 });
  });

  test("twice in a trial: it is taken back", async () => {
    const { checkout, running } = await serving({ watchMs: 600_000 });
    await released(checkout, running, "own.mark = 1;");
    let current = running;
    for (const _turn of [1, 2]) {
      await expect.poll(async () => (await read(current.port).catch(() => null))?.release).toBe(2);
      current.child.kill("SIGKILL");
      await current.ended;
      current = await checkout.start();
    }
    await expect.poll(() => stateOf(checkout, 2)).toBe("bad");
    await expect.poll(() => read(current.port).catch(() => null)).toMatchObject({ release: 1 });
  });
});
