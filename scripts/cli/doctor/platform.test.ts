import { expect, test } from "vitest";
import { systemOf } from "@/lib/process/system";
import { platform } from "./platform";

test("each system is recognized by what the machine reports", () => {
  expect(systemOf("linux", "Linux version 6.8.0-generic (gcc)")).toBe("Linux");
  expect(systemOf("linux", "Linux version 5.15.167.4-microsoft-standard-WSL2")).toBe("WSL");
  expect(systemOf("darwin", "")).toBe("macOS");
  expect(systemOf("win32", "")).toBe("Windows");
});

test("doctor says what works on each, what is off and why, and what to do", () => {
  expect(platform("Linux", "/home/ann/banyan/data")).toMatchObject({ mark: "ok", remedy: "" });
  expect(platform("WSL", "/home/ann/banyan/data")).toMatchObject({ mark: "ok" });
  expect(platform("WSL", "/mnt/c/Users/ann/banyan/data")).toMatchObject({ mark: "fail" });
  const mac = platform("macOS", "/Users/ann/banyan/data");
  expect([mac.mark, mac.text]).toEqual(["warn", expect.stringMatching(/file tools.*work.*Off, because.*commands/)]);
  expect(mac.remedy).toContain("Linux");
  expect(platform("Windows", "C:\\banyan")).toMatchObject({ mark: "fail", remedy: expect.stringContaining("WSL 2") });
});
