import { expect, test } from "vitest";
import { storeError } from "./errors";

test("without file descriptors the sentence names their limit, and not the rights of the file", () => {
  const error = Object.assign(new Error("unable to open database file"), { code: "SQLITE_CANTOPEN" });
  const short = storeError(error, "/data/banyan.db", () => false);
  expect([short.kind, short.message]).toEqual([
    "disk",
    expect.stringMatching(/ran out of file descriptors: raise their limit/),
  ]);
  const refused = storeError(error, "/data/banyan.db");
  expect([refused.kind, refused.message]).toEqual(["not_writable", expect.stringMatching(/writable for this user/)]);
});
