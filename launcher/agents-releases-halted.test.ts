/** The kill switch at each step of a release by agents, and a server that is killed at each step. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { readJournal } from "./journal.mjs";
import { type Checkout, makeCheckout, type Running, read, releaseIn, say } from "./testing/checkout";
import { QUICK, released, serving, stateOf, UNHURRIED } from "./testing/serving";

/** Waits until the launcher has begun a step of release 2. */
const reaches = ({ home }: Checkout, step: string) =>
  expect
    .poll(() => readJournal(home).some(({ what, release }) => what === step && release?.n === 2), { interval: 2 })
    .toBe(true);

const served = ({ port }: Running) => read(port).catch(() => null);

function placeHalt({ data }: Checkout): () => void {
  const file = path.join(data, "self", "halt");
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, "");
  return () => rmSync(file);
}

describe("changes by agents are switched off", () => {
  const steps = ["approved", "build", "rehearse", "expand", "snapshot", "drain", "trial", "start", "watch"];

  test.each(steps)("by the file, after %s: it is dropped, and the permanent release serves", async (step) => {
    const { checkout, running } = await serving({ watchMs: 600_000 });
    await released(checkout, running, "own.mark = 1;");
    await reaches(checkout, step);
    const remove = placeHalt(checkout);
    await expect.poll(() => stateOf(checkout, 2)).toBe("dropped");
    expect(releaseIn(checkout.home, 2)?.why).toContain("switched off by the file");
    await expect.poll(() => served(running)).toMatchObject({ release: 1, isTrial: false });
    remove();
  });

  // The button and the command are stored in the database, which the server watches for the launcher.
  test.each(["build", "watch"])("by a person, whose request the server passes on after %s", async (step) => {
    const { checkout, running } = await serving({ watchMs: 600_000 });
    await released(checkout, running, "own.mark = 1;");
    await reaches(checkout, step);
    // The server may be ended before it has answered.
    await say(running.port, { type: "ask", what: "halt", by: "Ann" }).catch(() => {});
    await expect.poll(() => stateOf(checkout, 2)).toBe("dropped");
    expect(releaseIn(checkout.home, 2)?.why).toContain("switched off by Ann");
    await expect.poll(() => served(running)).toMatchObject({ release: 1, isTrial: false });
  });

  test("a dropped change is released by another approval of the same commit, and not by the old one", async () => {
    const { checkout, running } = await serving({ ...UNHURRIED, watchMs: 200 });
    const remove = placeHalt(checkout);
    const approved = checkout.propose("own.mark = 1;");
    await say(running.port, approved);
    await expect.poll(() => stateOf(checkout, 2)).toBe("dropped");
    remove();
    await say(running.port, approved);
    await say(running.port, { ...approved, item: "second" });
    await expect.poll(() => stateOf(checkout, 3)).toBe("permanent");
    expect(releaseIn(checkout.home, 3)?.proposal?.item).toBe("second");
    expect(stateOf(checkout, 2)).toBe("dropped");
    expect(stateOf(checkout, 4)).toBe(undefined);
  });

  test("during the wait for a call that may last half an hour: the wait ends, and the server continues", async () => {
    const checkout = makeCheckout({ limits: QUICK });
    checkout.build("works.drain = () => {};");
    const running = await checkout.start();
    await expect.poll(() => releaseIn(checkout.home, 1)?.state).toBe("permanent");
    await released(checkout, running, "own.mark = 1;");
    await reaches(checkout, "drain");
    const remove = placeHalt(checkout);
    await expect.poll(() => stateOf(checkout, 2)).toBe("dropped");
    remove();
    await expect.poll(async () => (await served(running))?.heard ?? []).toContain("resume");
    expect(await served(running)).toMatchObject({ release: 1, number: 1 });
  });
});

/** Kills the launcher's server and its cell as soon as they exist. */
async function killServer({ child }: Running): Promise<void> {
  const find = () =>
    readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8")
      .trim()
      .split(" ")
      .find((pid) => existsSync(`/proc/${pid}/cmdline`) && isServer(pid));
  await expect.poll(find, { interval: 2 }).toBeDefined();
  process.kill(Number(find()), "SIGKILL");
}

const isServer = (pid: string) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("scripts/serve.mjs");

describe("SIGKILL of the server", () => {
  test.each(["approved", "build", "rehearse", "expand", "snapshot", "drain"])(
    "after %s: the permanent release starts again, and the change goes its way",
    async (step) => {
      const { checkout, running } = await serving({ ...UNHURRIED, retryMs: 100 });
      await released(checkout, running, "own.mark = 1;");
      await reaches(checkout, step);
      await killServer(running);
      await expect.poll(() => stateOf(checkout, 2)).toBe("permanent");
      await expect.poll(() => served(running)).toMatchObject({ release: 2 });
      expect(readJournal(checkout.home).some(({ what }) => what === "crash")).toBe(true);
    },
  );

  test.each(["start", "watch"])(
    "after %s: nobody knows what caused it, and the release is taken back",
    async (step) => {
      const { checkout, running } = await serving({ watchMs: 600_000 });
      await released(checkout, running, "own.mark = 1;");
      await reaches(checkout, step);
      await killServer(running);
      await expect.poll(() => stateOf(checkout, 2)).toBe("bad");
      await expect.poll(() => served(running)).toMatchObject({ release: 1, isTrial: false });
    },
  );
});

test("SIGKILL of the launcher in a rollback: the release stays taken back, and what it left must still be put right", async () => {
  const { checkout, running } = await serving();
  await released(checkout, running, "works.claim = () => process.exit(5);");
  await reaches(checkout, "bad");
  running.child.kill("SIGKILL");
  await running.ended;
  expect(readdirSync(path.join(checkout.home, "snapshots"))).toEqual(["database"]);
  const again = await checkout.start();
  expect(await read(again.port)).toMatchObject({ release: 1, isTrial: false });
  expect(stateOf(checkout, 2)).toBe("bad");
});
