import { expect, test } from "vitest";
import { LEVELS, type Level } from "@/core/log/entries";
import { judge, type Policy } from "@/core/rules/policy";
import { askedAnyway, dangerOf } from "./policy";

const allAuto = {
  levels: Object.fromEntries(LEVELS.map((level) => [level, "auto"])) as Record<Level, Policy>,
  hosts: [],
  fetchHosts: [],
};

test("a level names the calls that ask whatever is chosen, and no others", () => {
  const asked = LEVELS.filter((level) => askedAnyway(level) !== null);
  expect(asked).toEqual(["network", "host", "change"]);
  for (const level of LEVELS) {
    const policies = [false, true].map(
      (sends) => judge("inherit", { level, isListed: true, sends }, true, allAuto).policy,
    );
    if (policies[0] === "ask") expect(askedAnyway(level), level).toMatch(/every call asks/);
    else if (level === "network") expect(askedAnyway(level)).toMatch(/calls that send something out ask/);
    // Without content from outside, the level decides.
    expect(judge("inherit", { level, isListed: true, sends: true }, false, allAuto).policy, level).toBe("auto");
  }
});

test("no danger is told of a level that decides nothing", () => {
  expect(dangerOf("change", "auto")).toBeNull();
  expect(dangerOf("network", "auto")).toMatch(/any host without approval/);
});
