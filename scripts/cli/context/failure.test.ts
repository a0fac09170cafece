import { expect, test } from "vitest";
import { sentenceOf } from "./failure";

const failed = (code: string, path?: string) => Object.assign(new Error(`${code}: it failed`), { code, path });

test("a full disk and a folder of another account are told with what to do", () => {
  expect(sentenceOf(failed("ENOSPC"))).toMatch(
    /^The disk is full: free some space where the data, .*, then try again\.$/,
  );
  expect(sentenceOf(new Error("wrapped", { cause: failed("EDQUOT") }))).toMatch(/^The disk is full: /);
  expect(sentenceOf(failed("EACCES", "/home/ann/banyan.db"))).toBe(
    "This account may not use /home/ann/banyan.db: run this as the account that it belongs to, or name another folder with --data.",
  );
  expect(sentenceOf(failed("EOTHER"))).toBe("Banyan failed: EOTHER: it failed");
});
