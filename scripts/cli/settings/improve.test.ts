import { expect, test } from "vitest";
import { banyan, buildPrograms, dataFolder, json } from "@/scripts/testing/command-line";

buildPrograms();

test("improve shows faults and looks, switches looks on and off, and says why none can begin", async () => {
  const at = ["--data", dataFolder()];
  await banyan(["migrate", ...at]);
  await banyan(["seed", ...at]);
  const shown = await banyan(["improve", ...at]);
  expect(shown.status).toBe(0);
  expect(shown.stdout).toContain("Off: the review agent looks at faults only when somebody asks");
  expect(shown.stdout).toContain("No faults in the last 30 days.");
  const on = await banyan(["improve", "on", "--cap-usd", "2.5", "--hour", "0", ...at]);
  expect(on.stdout).toContain("On: the review agent looks at faults each night at 00:00");
  expect(await json(["improve", ...at])).toMatchObject({ on: true, cap_usd: 2.5, hour: 0, faults: [], looks: [] });
  // A number alone leaves the switch as it is.
  await banyan(["improve", "--hour", "23", ...at]);
  expect(await json(["improve", ...at])).toMatchObject({ on: true, cap_usd: 2.5, hour: 23 });
  await banyan(["improve", "off", ...at]);
  expect(await json(["improve", ...at])).toMatchObject({ on: false, cap_usd: 2.5, next_at: null });
  for (const [args, says] of [
    [["now"], "No language model is connected"],
    [["now", "--cap-usd", "1"], "--cap-usd belongs to"],
    [["on", "--hour", "24"], "The hour cannot be 24"],
    [["on", "--cap-usd", "0"], "--cap-usd cannot be"],
    [["later"], "Unknown verb"],
  ] as const) {
    const refused = await banyan(["improve", ...args, ...at]);
    expect([refused.status, refused.stdout]).toEqual([2, ""]);
    expect(refused.stderr).toContain(says);
  }
});
