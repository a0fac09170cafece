/** The code of servers that agents wrote: complete in its folder, or not there. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { StdioServer } from "@/lib/mcp/config/types";
import { configOf, type ServerOfTask } from "./context";

function codeFolder() {
  const codeDir = mkdtempSync(path.join(tmpdir(), "banyan-code-"));
  onTestFinished(() => rmSync(codeDir, { recursive: true, force: true }));
  const config: StdioServer = { kind: "stdio", name: "tides", command: "node", args: ["/server/a.mjs"], env: {} };
  const put = async (files: Record<string, string>) => {
    const server = { config, files, tools: [], scope: "shared", workspace: "none" };
    const made = await configOf({ codeDir }, { name: "tides", server } as unknown as ServerOfTask);
    return (made as StdioServer).code ?? "";
  };
  return { codeDir, put };
}

test("code that could not be written in full leaves nothing, however often it is tried", async () => {
  const { codeDir, put } = codeFolder();
  // The second name needs a folder where the first one is a file.
  const unwritable = { a: "", "a/b.mjs": "" };
  for (let time = 0; time < 2; time += 1) await expect(put(unwritable)).rejects.toThrow();
  expect(readdirSync(codeDir)).toEqual([]);
});

test("code that cannot get to its place is an error, and the same code of another process is not", async () => {
  const { codeDir, put } = codeFolder();
  const files = { "a.mjs": "run();\n" };
  const folder = await put(files);
  expect(readFileSync(path.join(folder, "a.mjs"), "utf8")).toBe("run();\n");
  rmSync(folder, { recursive: true });
  symlinkSync(path.join(codeDir, "nowhere"), folder);
  await expect(put(files)).rejects.toThrow("ENOTDIR");
  expect(readdirSync(codeDir)).toEqual([path.basename(folder)]);
  rmSync(folder);
  const both = await Promise.all([put(files), put(files)]);
  expect([both, readdirSync(codeDir)]).toEqual([[folder, folder], [path.basename(folder)]]);
});
