import { expect, test } from "vitest";
import { bytesAddress, viewAddress, zipAddress } from "./file-address";

test("names with any character keep their meaning in an address", () => {
  expect(bytesAddress("t1", "a b/ü?#%.md", "12")).toBe("/api/v1/trees/t1/files/a%20b/%C3%BC%3F%23%25.md?at=12");
  expect(new URL(viewAddress("t1", "a&b=c.md", null), "http://x").searchParams.get("path")).toBe("a&b=c.md");
  expect(zipAddress("t1", { at: null, only: "changed" })).toBe("/api/v1/trees/t1/archive?only=changed");
});
