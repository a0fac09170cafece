import { expect, test } from "vitest";
import { settledWords } from "./words";

const item = { kind: "approval", status: "approved", decided_by: "Mara", decided_by_rule: null } as const;

test("a settled item says how and by whom, and the reader's own decision says “you”", () => {
  expect(settledWords(item, "Jonas")).toBe("Approved by Mara.");
  expect(settledWords(item, "Mara")).toBe("Approved by you.");
  expect(settledWords({ ...item, kind: "flag", status: "rejected" }, "Mara")).toBe("Closed as no problem by you.");
  expect(settledWords({ ...item, decided_by: "rule r1", decided_by_rule: "r1" }, "Mara")).toBe("Approved by a rule.");
  expect(settledWords({ ...item, status: "withdrawn", decided_by: null }, "Mara")).toContain("no longer needs");
});
