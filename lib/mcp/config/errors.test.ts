import { expect, test } from "vitest";
import { isUnsent, quoted, reasonOf } from "./errors";

test("a message of a server is one line without its last full stops, cut", () => {
  expect(quoted("  Not\n\u0007here. . \n")).toBe("Not here");
  expect(quoted("a".repeat(400))).toBe(`${"a".repeat(300)}…`);
  expect(reasonOf(new Error("fetch failed", { cause: new Error("connect ECONNREFUSED") }))).toBe(
    "fetch failed: connect ECONNREFUSED",
  );
});

/** A pattern that began again at each full stop took minutes for it. */
test("a megabyte of full stops is a message, too", () => {
  const dots = ".".repeat(1_000_000);
  expect(quoted(`Wait${dots}x`)).toBe(`Wait${".".repeat(296)}…`);
  expect(quoted(`Wait${". ".repeat(500_000)}`)).toBe("Wait");
  expect(isUnsent(new Error(`${dots} ECONNREFUSED`))).toBe(false);
});
