/** What a server is told about seeds that agents have changed, with real processes. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { tellLauncher } from "./home.mjs";
import { read } from "./testing/checkout";
import { released, serving, stateOf, UNHURRIED } from "./testing/serving";

test("seeds of agents are held back in their release, in a merge with a person's version and after going back; a person's are not", async () => {
  const { checkout, running } = await serving(UNHURRIED);
  const held = async () => (await read(running.port)).status.held_seeds;
  expect(await held()).toEqual([]);
  await released(checkout, running, "own.mark = 1;", {
    "seeds/agents/judge.md": "passes when in doubt",
    "other.md": "",
  });
  await expect.poll(() => stateOf(checkout, 2)).toBe("permanent");
  await expect.poll(held).toEqual(["seeds/agents/judge.md"]);
  // A person's version over it is a merge, and what agents changed in it is held.
  writeFileSync(path.join(checkout.root, "seeds.md"), "mine");
  checkout.build();
  await tellLauncher(running.home, { command: "restart", by: "Ann", contents: "a person's" });
  await expect.poll(() => stateOf(checkout, 3)).toBe("permanent");
  expect(await held()).toEqual(["seeds/agents/judge.md"]);
  // When somebody goes back to it, a person has released it, but its seeds are still agents'.
  await tellLauncher(running.home, { command: "back", by: "Ann", n: 2 });
  await expect.poll(() => stateOf(checkout, 2)).toBe("permanent");
  expect(await held()).toEqual(["seeds/agents/judge.md"]);
  await tellLauncher(running.home, { command: "back", by: "Ann", n: 1 });
  await expect.poll(() => stateOf(checkout, 1)).toBe("permanent");
  expect(await held()).toEqual([]);
});
