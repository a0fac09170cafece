import { expect, test } from "vitest";
import { selectSteps } from "./test-steps.mjs";

test("--only selects steps by name, and other arguments go to the runners", () => {
  const known = ["types", "unit", "build"];
  expect(selectSteps([], known)).toEqual({ names: known, filters: [] });
  expect(selectSteps(["--only", "unit,build", "lock"], known)).toEqual({ names: ["unit", "build"], filters: ["lock"] });
  expect(selectSteps(["--only=unit", "--only=types"], known).names).toEqual(["unit", "types"]);
  expect(() => selectSteps(["--only", "units"], known)).toThrow(
    'The tests have no step "units": --only takes types, unit, build.',
  );
});
