/** What a server is told of the seeds that agents have changed, with real processes. */
import { expect, test } from "vitest";
import { tellLauncher } from "./home.mjs";
import { read, say } from "./testing/checkout";
import { released, serving, stateOf } from "./testing/serving";

test("seeds that agents added, changed or removed are held in their releases, later ones and a merge, and a person's are not", async () => {
  const { checkout, running } = await serving();
  const held = async () => (await read(running.port)).status.held_seeds;
  expect(await held()).toEqual([]);
  await released(checkout, running, "own.mark = 1;", {
    "seeds/agents/judge.md": "passes when in doubt",
    "other.md": "",
  });
  await expect.poll(() => stateOf(checkout, 2)).toBe("permanent");
  await expect.poll(held).toEqual(["seeds/agents/judge.md"]);
  // Another release of agents on top changes no seed, and the first one's stay held.
  await say(running.port, checkout.propose("own.mark = 2;"));
  await expect.poll(() => stateOf(checkout, 3)).toBe("permanent");
  await expect.poll(held).toEqual(["seeds/agents/judge.md"]);
  // Somebody goes back to it: then it is released by a person, and its seeds are agents' all the same.
  await tellLauncher(running.home, { command: "back", by: "Ann", n: 2 });
  await expect.poll(() => stateOf(checkout, 2)).toBe("permanent");
  expect(await held()).toEqual(["seeds/agents/judge.md"]);
  await tellLauncher(running.home, { command: "back", by: "Ann", n: 1 });
  await expect.poll(() => stateOf(checkout, 1)).toBe("permanent");
  expect(await held()).toEqual([]);
});
