/** Releases on trial that fight back: over descriptor 4, by the processes and ports that they keep, and by never ending. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { tellLauncher } from "./home.mjs";
import { readJournal } from "./journal.mjs";
import type { Launcher } from "./main.mjs";
import { newRelease } from "./state.mjs";
import { type Checkout, type Running, read, releaseIn, say, stateIn } from "./testing/checkout";
import { draining, released, serving, stateOf } from "./testing/serving";
import { Watch } from "./trial.mjs";

/** It is watched for as long as the test wants, also on a busy machine. */
const PATIENT = { watchMs: 600_000, bootMs: 60_000 };

const served = ({ port }: Running) => read(port).catch(() => null);
const startsOf = ({ home }: Checkout, n: number) =>
  readJournal(home).filter(({ what, release }) => what === "start" && release?.n === n).length;

/** Resolves when release 2 was taken back and the permanent one serves. */
async function tamed(checkout: Checkout, running: Running, state = "bad"): Promise<void> {
  await expect.poll(() => stateOf(checkout, 2)).toBe(state);
  await expect.poll(() => served(running)).toMatchObject({ release: 1, isTrial: false });
}

describe("requests of a release on trial to the launcher", () => {
  const ASKS = (what: string) => `say({ type: "ask", what: "${what}", by: "Ann" });`;

  test.each([
    ["at each boot", (ask: string) => ask],
    ["whenever it is watched", (ask: string) => `works.claim = () => { ${ask} };`],
  ])("a restart %s: it is taken back after a few", async (_when, behaviour) => {
    const { checkout, running } = await serving(PATIENT);
    await released(checkout, running, behaviour(ASKS("restart")));
    await tamed(checkout, running);
    expect(startsOf(checkout, 2)).toBeLessThanOrEqual(5);
    expect(releaseIn(checkout.home, 2)?.why).toBe("It asked for more than three restarts.");
  });

  test("a thousand restarts at once are one", async () => {
    const { checkout, running } = await serving(PATIENT);
    const many = `for (let count = 0; count < 1_000; count++) ${ASKS("restart")}`;
    await released(checkout, running, `works.claim = () => { ${many} };`);
    await tamed(checkout, running);
    expect(startsOf(checkout, 2)).toBeLessThanOrEqual(5);
  });

  test("a fourth restart, and an end before it is ready: the permanent release is not taken back instead", async () => {
    const { checkout, running } = await serving(PATIENT);
    const last = `${ASKS("restart")} setTimeout(() => process.exit(3), 100); await new Promise(() => {});`;
    const behaviour = `
      const starts = (rows().starts ?? 0) + 1;
      write({ starts });
      if (starts > 3) { ${last} }
      works.claim = () => { ${ASKS("restart")} };`;
    await released(checkout, running, behaviour);
    await tamed(checkout, running);
    // After all that the release has asked for.
    expect(await tellLauncher(checkout.home, { command: "restart", by: "Ann" })).toEqual({ release: 1 });
    expect(stateOf(checkout, 1)).toBe("permanent");
  });

  test("a stop, at each start and more than once: the third start serves the permanent release", async () => {
    const { checkout, running } = await serving(PATIENT);
    await released(checkout, running, `works.claim = () => { ${ASKS("stop")} ${ASKS("stop")} };`);
    // An orderly stop, not the exit after a second signal.
    expect(await running.ended).toBe(0);
    expect(await (await checkout.start()).ended).toBe(0);
    const third = await checkout.start();
    await expect.poll(() => served(third)).toMatchObject({ release: 1, isTrial: false });
    expect(stateOf(checkout, 2)).toBe("bad");
  });

  test("a halt again and again: it is dropped, and nothing else stops", async () => {
    const { checkout, running } = await serving(PATIENT);
    await released(checkout, running, `works.claim = () => setInterval(() => { ${ASKS("halt")} }, 1);`);
    await tamed(checkout, running, "dropped");
    expect(await tellLauncher(checkout.home, { command: "status" })).toMatchObject({ serving: 1 });
  });

  test("orders to resume, to release and to mark as put right are not obeyed", async () => {
    const { checkout, running } = await serving({ ...PATIENT, rollbacksAnHour: 1 });
    await released(checkout, running, "process.exit(3);");
    await tamed(checkout, running);
    await tellLauncher(checkout.home, { command: "resume", by: "Ann" });
    const other = JSON.stringify(checkout.propose("own.mark = 5;"));
    const lines = `${ASKS("resume")} say(${other}); say({ type: "settled", n: 2 }); say({ type: "crashed", side: "web", how: "x" });`;
    await say(
      running.port,
      checkout.propose(`if (told.number > 0) { works.claim = () => { ${lines} own.status = "said"; }; }`),
    );
    await expect.poll(() => stateOf(checkout, 3)).toBe("bad");
    const { halted, takenBack, releases } = stateIn(checkout.home);
    expect([releases.length, takenBack?.n]).toEqual([3, 3]);
    expect(halted).toMatch(/were taken back/);
  });
});

test("a release on trial that is being stopped releases nothing and allows nothing", async () => {
  const { checkout, running } = await serving(PATIENT);
  const other = JSON.stringify({ ...checkout.propose("own.mark = 5;"), item: "other" });
  const asks = `works.stop = () => { say(${other}); say({ type: "ask", what: "resume", by: "Ann" }); };`;
  await released(checkout, running, asks);
  await expect.poll(async () => (await served(running))?.heard ?? []).toContain("claim");
  expect(await tellLauncher(checkout.home, { command: "restart", by: "Ann" })).toEqual({ release: 2 });
  await expect.poll(async () => (await served(running))?.heard ?? []).toContain("claim");
  expect(stateIn(checkout.home).releases.map(({ n }) => n)).toEqual([1, 2]);
  expect(readJournal(checkout.home).some(({ what }) => what === "resume")).toBe(false);
});

describe("a release on trial that says that it lost its pages", () => {
  const LOST = `say({ type: "crashed", side: "web", how: "x" });`;
  test.each([
    ["before it is ready", LOST],
    [
      "while it is proved",
      `const own_canary = works.canary; works.canary = (...given) => { ${LOST} own_canary(...given); };`,
    ],
    ["in its watch", `works.claim = () => setInterval(() => { ${LOST} }, 1);`],
  ])("%s: it is taken back for that, and never permanent before the end of its watch", async (_when, behaviour) => {
    const { checkout, running } = await serving(PATIENT);
    await released(checkout, running, behaviour);
    await tamed(checkout, running);
    expect(releaseIn(checkout.home, 2)?.why).toBe("It lost its pages (x).");
    expect(stateOf(checkout, 1)).toBe("permanent");
  });

  test("whatever ended its proof: it is proved again, and cannot become permanent unproved", async () => {
    const did: string[] = [];
    const launcher = {
      limits: { watchMs: 0 },
      running: {},
      events: { isInterrupted: () => false },
      makePermanent: () => did.push("permanent"),
      takeBackRunning: (why: string) => did.push(why),
    };
    const watch = new Watch(launcher as unknown as Launcher);
    watch.check = async () => null;
    watch.prove = async () => "is not as it was";
    await watch.once({ ...newRelease(2), state: "trial" });
    expect(did).toEqual(["is not as it was"]);
  });
});

describe("output of a release on trial to descriptor 4", () => {
  const STRANGE = [
    `JSON.stringify({ type: "unpacked", n: 1, state: "permanent" })`,
    `"{".repeat(1_000)`,
    `"null\\n[]\\n7"`,
    `"[".repeat(60_000)`,
    `JSON.stringify({ type: "ready", level: 1e300, reads: -1 })`,
    `JSON.stringify({ type: "crashed", side: "all", how: {} })`,
  ];
  test.each([
    ["malformed, deep and unknown ones", STRANGE],
    ["huge ones", [`JSON.stringify({ type: "ask", what: "halt", by: "x".repeat(200_000) })`]],
  ])(
    "lines without end, %s: the launcher continues, and the permanent release serves in the end",
    async (_what, lines) => {
      const { checkout, running } = await serving(PATIENT);
      const flood = `works.claim = () => {
      const lines = [${lines}];
      let count = 0;
      const more = () => {
        if (count < 1_000) channel.write(lines[count++ % lines.length] + "\\n", more);
        else own.status = "done";
      };
      more();
    };`;
      await released(checkout, running, flood);
      await tamed(checkout, running);
      expect(stateIn(checkout.home).level).toBe(1);
      expect(await tellLauncher(checkout.home, { command: "status" })).toMatchObject({ serving: 1 });
    },
  );

  test("a level that it has not written: the release before it still counts as one that can read the database", async () => {
    const { checkout, running } = await serving(PATIENT);
    await released(
      checkout,
      running,
      `channel.write(JSON.stringify({ type: "ready", level: 9, reads: 9, url: null }) + "\\n");`,
    );
    await expect.poll(async () => (await served(running))?.release).toBe(2);
    expect(stateIn(checkout.home).level).toBe(1);
  });
});

describe("leftovers of a release on trial", () => {
  test("children that would outlive it, and the port, are gone after it was taken back", async () => {
    const { checkout, running } = await serving(PATIENT);
    const mark = path.basename(checkout.root);
    const holds = `
      import("node:child_process").then(({ spawn }) => works.claim = () => {
        for (let count = 0; count < 3; count++)
          spawn(process.execPath, ["-e", "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)", "${mark}-child"], { detached: true, stdio: ["ignore", "ignore", "ignore", 3] }).unref();
        own.status = "forked";
      });`;
    await released(checkout, running, holds);
    await tamed(checkout, running);
    expect(commandLines().filter((line) => line.includes(`${mark}-child`))).toEqual([]);
    for (let count = 0; count < 20; count++) expect(await read(running.port)).toMatchObject({ release: 1 });
  });

  test("it stops neither on request nor on a signal: it is killed", async () => {
    const { checkout, running } = await serving(PATIENT);
    await released(
      checkout,
      running,
      'process.on("SIGTERM", () => {}); server.close = () => {}; works.claim = () => { own.status = "stays"; };',
    );
    await tamed(checkout, running);
  });

  test("files in home can be neither written nor read", async () => {
    const { checkout, running } = await serving(PATIENT);
    const tries = `
      works.claim = () => {
        const attempts = ["state.json", "journal.jsonl", "launcher/current", "releases/1/scripts/serve.mjs", "snapshots/database", "mine"];
        const said = attempts.map((name) => { try { fs.writeFileSync(told.home + "/" + name, "mine"); return "written"; } catch { return "refused"; } });
        fs.writeFileSync(process.env.BANYAN_CHECKOUT + "/data/said.json", JSON.stringify(said));
        own.status = "tried";
      };`;
    await released(checkout, running, tries);
    await tamed(checkout, running);
    expect(new Set(JSON.parse(readFileSync(path.join(checkout.data, "said.json"), "utf8")))).toEqual(
      new Set(["refused"]),
    );
    expect(existsSync(path.join(checkout.home, "mine"))).toBe(false);
  });
});

test("a permanent release never finishes its drain: a person's version takes over nevertheless", async () => {
  const { checkout, running } = await serving();
  await draining(checkout, running);
  checkout.build("// a person's edit");
  expect(await tellLauncher(checkout.home, { command: "restart", by: "Ann", contents: "mine" })).toHaveProperty(
    "release",
  );
  await expect.poll(() => served(running)).toMatchObject({ isTrial: false });
  expect(readJournal(checkout.home).some(({ what }) => what === "restart")).toBe(true);
});

test("rows that were written in a trial stay when it is taken back", async () => {
  const { checkout, running } = await serving(PATIENT);
  await released(
    checkout,
    running,
    'works.claim = () => { write({ written: [...rows().written, "of the trial"] }); own.status = "worse"; };',
  );
  await tamed(checkout, running);
  expect(JSON.parse(readFileSync(path.join(checkout.data, "rows.json"), "utf8")).written).toEqual(["of the trial"]);
});

/** Returns the command lines of all processes. */
function commandLines(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8");
      } catch {
        return "";
      }
    });
}
