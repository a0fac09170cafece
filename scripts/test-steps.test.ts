import { expect, test } from "vitest";
import { selectSteps } from "./test-steps.mjs";

const known = ["types", "unit", "build"];

test("--only selects steps by name, and other arguments go to the runners", () => {
  expect(selectSteps([], known)).toEqual({ names: known, filters: [], isAll: false, changedSince: null, share: null });
  expect(selectSteps(["--only", "unit,build", "lock"], known)).toEqual({
    names: ["unit", "build"],
    filters: ["lock"],
    isAll: false,
    changedSince: null,
    share: null,
  });
  expect(selectSteps(["--only=unit", "--only=types"], known).names).toEqual(["unit", "types"]);
  expect(() => selectSteps(["--only", "units"], known)).toThrow(
    'The tests have no step "units": --only takes types, unit, build.',
  );
});

test("--all is for this command, and flags of the runners go to them", () => {
  expect(selectSteps(["--all", "--shard=1/8"], known)).toMatchObject({ filters: ["--shard=1/8"], isAll: true });
});

test("--changed runs the steps that need no build, since a commit, and takes no filters", () => {
  const names = ["format", "types", "rules", "unit"];
  expect(selectSteps(["--changed"], known)).toEqual({
    names,
    filters: [],
    isAll: false,
    changedSince: "origin/main",
    share: null,
  });
  expect(selectSteps(["--changed=HEAD~2"], known)).toEqual({
    names,
    filters: [],
    isAll: false,
    changedSince: "HEAD~2",
    share: null,
  });
  expect(selectSteps(["--only", "unit", "--changed"], known)).toMatchObject({ names: ["unit"] });
  expect(() => selectSteps(["--changed", "main"], known)).toThrow(
    "--changed chooses the files of tests itself: leave out main, or name a commit as --changed=COMMIT.",
  );
});

test("--long runs a share of the long tests, with what they need", () => {
  expect(selectSteps(["--long=2/4"], known)).toMatchObject({ names: ["unit", "build"], share: { at: 2, of: 4 } });
  expect(selectSteps(["--long=1/4", "--only", "unit"], known).names).toEqual(["unit"]);
  for (const wrong of ["", "0/4", "5/4", "1", "one/4"])
    expect(() => selectSteps([`--long=${wrong}`], known)).toThrow(`such as 1/4: "${wrong}" is none.`);
  for (const other of ["--all", "--changed", "agents"])
    expect(() => selectSteps(["--long=1/4", other], known)).toThrow("--long chooses the files of tests itself");
});
