import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readOrigin } from "./head";

function originOf(settings: string): string | null {
  const folder = mkdtempSync(join(tmpdir(), "banyan-head-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, ".git"));
  writeFileSync(join(folder, ".git", "config"), settings);
  return readOrigin(folder);
}

test("the address of the remote is read, in whatever form the settings are", () => {
  const section = '[core]\n\tbare = false\n[remote "origin"]';
  const url = "\turl = https://a.test/b.git";
  expect(originOf(`${section}\n${url}\n\tfetch = x\n[branch "main"]\n`)).toBe("https://a.test/b.git");
  expect(originOf(`${section}\r\n${url}\r\n`)).toBe("https://a.test/b.git");
  expect(originOf(`[remote "other"]\n${url}\n`)).toBe(null);
  // A pattern that began again at each empty line took seconds for these.
  for (const piece of ["\n", " ", "\turl =\n"])
    expect(originOf(`${section}\n${piece.repeat(80_000 / piece.length)}\n${url}\n`)).toBe("https://a.test/b.git");
});
