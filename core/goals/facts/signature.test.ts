import { expect, test } from "vitest";
import { signatureOf } from "./signature";

test("the same error has the same signature in another order, place and time", () => {
  const first = `2026-11-22T08:00:00Z [worker 3] Error: connect ECONNREFUSED 127.0.0.1:5432 at /tmp/banyan-x1/src/db.js:12:7
TypeError: Cannot read properties of undefined (reading 'id')`;
  const other = `TypeError: Cannot read properties of undefined (reading 'id')
2026-11-23T21:14:09Z [worker 11] Error: connect ECONNREFUSED 127.0.0.1:6001 at /home/ann/other/src/db.js:40:1`;
  expect(signatureOf([], first)).toBe(signatureOf([], other));
  expect(signatureOf([], first)).not.toBe(
    signatureOf([], first.replaceAll("ECONNREFUSED", "ETIMEDOUT").replace("'id'", "'name'")),
  );
});

test("failing tests name the error, in any order", () => {
  expect(signatureOf(["b > reads", "a > writes 12 files"], "noise")).toBe(
    signatureOf(["a > writes 7 files", "b > reads"], "other"),
  );
  expect(signatureOf(["a"], "")).not.toBe(signatureOf(["a", "b"], ""));
  const many = Array.from(
    { length: 40 },
    (_, at) => `test ${"abcdefghijklmnopqrstuvwxyz"[at % 26]}${at > 25 ? "z" : ""}`,
  );
  expect(signatureOf(many, "")).toBe(signatureOf(many.toReversed(), ""));
  expect(signatureOf(many, "")?.length).toBeLessThan(400);
});

test("without an error there is none, and a text without a line of errors gives its last line", () => {
  expect(signatureOf([], "\n  \n")).toBe(null);
  expect(signatureOf([], "compiling\nlinking\nundefined reference to `main'")).toContain("undefined reference");
  expect(signatureOf([], "one\ntwo 17")).toBe("two <n>");
});

test("a megabyte without the end of a line or of a name has a signature", () => {
  const digits = "0a1b".repeat(250_000);
  expect(signatureOf([], digits)).toBe("<id>");
  expect(signatureOf([], `error: ${digits}`)).toBe("error: <id>");
  expect(signatureOf([digits, `other ${digits}`], "")).toBe("<id>; other <id>");
});
