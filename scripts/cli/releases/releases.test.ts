/** A person's orders to the real launcher from the command line. */
import { appendFileSync } from "node:fs";
import path from "node:path";
import { expect, test, vi } from "vitest";
import { installedLauncher, launcherDigest } from "@/launcher/home.mjs";
import { readJournal } from "@/launcher/journal.mjs";
import { type Checkout, read, releaseIn } from "@/launcher/testing/checkout";
import { released, serving, stateOf } from "@/launcher/testing/serving";
import type { Context } from "@/scripts/cli/context/context";
import { launcher, releases } from "./releases";

/** Calls a command as the command line does. Resolves with what it prints. */
async function run({ root, data, home }: Checkout, command: typeof releases, args: string[], json = false) {
  process.env.BANYAN_HOME = home;
  const written: string[] = [];
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((text) => written.push(String(text)) > 0);
  try {
    expect(await command({ checkout: root, json, settings: { dataDir: data } } as unknown as Context, args)).toBe(0);
  } finally {
    spy.mockRestore();
    delete process.env.BANYAN_HOME;
  }
  return written.join("");
}

test("`releases` lists releases with what each waits for; a person confirms, goes back, and is refused with a sentence", async () => {
  const { checkout, running } = await serving();
  const banyan = (...args: string[]) => run(checkout, releases, args);
  expect(await banyan()).toMatch(/^ *1 +permanent, serves +a person .*\n$/);
  await released(checkout, running, "own.mark = 1;", { "launcher/main.mjs": "// nothing\n" });
  await expect.poll(() => releaseIn(checkout.home, 2)?.waits).toContain("releases confirm 2");
  expect(await banyan()).toMatch(
    /\n *2 +approved +agents .* {2}a change\n +It changes launcher\/main\.mjs: .*`npx banyan releases confirm 2`.*\n +Why: It counts wrong\.\n +Approved by Ann in review item item\.\n/,
  );
  await expect(banyan("confirm", "3")).rejects.toThrow("There is no release 3 that waits for a confirmation.");
  await expect(banyan("confirm", "all")).rejects.toThrow("Name a release by its number");
  await expect(banyan("forget")).rejects.toThrow('Unknown verb "forget"');
  expect(await banyan("confirm", "2")).toMatch(/^Release 2 is confirmed/);
  await expect.poll(() => stateOf(checkout, 2)).toBe("permanent");
  const { items } = JSON.parse(await run(checkout, releases, [], true));
  expect(items).toMatchObject([
    { n: 1, state: "retired", is_serving: false, item: null },
    {
      n: 2,
      state: "permanent",
      is_serving: true,
      item: "item",
      title: "a change",
      about: "It counts wrong.",
      approved_by: "Ann",
    },
  ]);
  expect(await banyan("back", "1")).toBe("Release 1 serves.\n");
  expect(await read(running.port)).toMatchObject({ release: 1 });
  expect(await banyan("resume")).toMatch(/may be released again/);
  const asked = readJournal(checkout.home).filter(({ what }) => ["confirm", "back", "resume"].includes(what));
  expect(asked.map(({ by }) => by)).toEqual(Array(3).fill(expect.stringMatching(/./)));
});

test("without a launcher the list is read from its folder, and a command says how to start", async () => {
  const { checkout, running } = await serving();
  running.child.kill("SIGTERM");
  await running.ended;
  expect(await run(checkout, releases, [])).toMatch(/^ *1 +permanent +a person/);
  await expect(run(checkout, releases, ["resume"])).rejects.toThrow("No launcher runs for this data folder");
});

test("`launcher install` puts the checkout's launcher into home, once; the running launcher stays until the next start", async () => {
  const { checkout } = await serving();
  const before = await run(checkout, launcher, ["install"]);
  expect(before).toMatch(/^Installed the launcher \w+ in .*: the next start of the server uses it\.\n$/);
  expect(installedLauncher(checkout.home)).toBe(launcherDigest(checkout.root));
  expect(await run(checkout, launcher, ["install"])).toMatch(/is already the one of this checkout/);
  appendFileSync(path.join(checkout.root, "launcher/main.mjs"), "// newer\n");
  expect(installedLauncher(checkout.home)).not.toBe(launcherDigest(checkout.root));
  const { installed } = JSON.parse(await run(checkout, launcher, ["install"], true));
  expect(installed).toBe(launcherDigest(checkout.root));
  expect(installedLauncher(checkout.home)).toBe(installed);
  await expect(run(checkout, launcher, ["remove"])).rejects.toThrow('Unknown verb "remove"');
});
