/** A folder whose file system ignores case, when BANYAN_CASE_FOLDER names one. `docs/testing.md` says how to make it. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isGitsOwn, partsInside, WorkspaceError } from "@/lib/workspace/path";
import { prepareWorkspace, whyOnlyCopy } from "@/lib/workspace/prepare";
import { ignoresCase } from "@/lib/workspace/spelling";
import { walk } from "@/lib/workspace/walk";
import { createSandbox } from "./sandbox";

const FOLDER = process.env.BANYAN_CASE_FOLDER ?? "";

test("the folder that this file is in does not ignore case", () => {
  expect(ignoresCase(import.meta.dirname)).toBe(false);
});

if (FOLDER !== "")
  describe("a file system that ignores case", () => {
    const base = path.join(FOLDER, `banyan-${process.pid}`);
    const at = (...names: string[]) => path.join(base, ...names);
    const view = { root: at("clone"), hiddenPaths: [at("clone/.env"), at("clone/data")] };

    beforeAll(() => {
      for (const name of ["clone/data", "shop", "plain"]) fs.mkdirSync(at(name), { recursive: true });
      fs.writeFileSync(at("clone/.env"), "KEY=secret\n");
      fs.writeFileSync(at("clone/data/banyan.db"), "rows");
      fs.writeFileSync(at("plain/letter.txt"), "Dear you\n");
      execFileSync("git", ["init", "--quiet", at("shop")]);
    });
    afterAll(() => fs.rmSync(base, { recursive: true, force: true }));

    test("is recognised, in a folder with names and in an empty one", () => {
      expect(["", "clone", "clone/data", "shop/.git"].map((name) => ignoresCase(at(name)))).toEqual(
        Array(4).fill(true),
      );
      fs.mkdirSync(at("empty"));
      expect(ignoresCase(at("empty"))).toBe(true);
    });

    test("Z9: file tools find what is hidden under every spelling", async () => {
      for (const given of [".env", ".ENV", "DATA/banyan.db", "Data"])
        expect(() => partsInside(view, given), given).toThrow(/is hidden from every tool/);
      expect(partsInside(view, "README.md")).toEqual(["README.md"]);
      const spelled = { ...view, root: at("CLONE") };
      expect(() => partsInside(spelled, "data/banyan.db")).toThrow(/is hidden from every tool/);
      const names: string[] = [];
      for await (const entry of walk(spelled.root, [], view)) names.push(entry.path);
      expect(names).toEqual([]);
      expect(isGitsOwn([".GIT", "config"])).toBe(true);
    });

    test("Banyan's own data is no workspace under another spelling", () => {
      const input = { dataDir: at("clone/data"), treeId: "t", checkout: at("clone") };
      const asked = (folder: string) => () => prepareWorkspace({ ...input, request: { folder, isCopied: true } });
      expect(asked(at("clone/DATA"))).toThrow(/is in Banyan's own data folder/);
      expect(asked(at("CLONE/data"))).toThrow(/is in Banyan's own data folder/);
      expect(asked(at("shop"))().root).toBe(at("shop"));
    });

    test("a repository there is used in a copy only, because nothing could protect .git; a folder without one is used itself", () => {
      const input = { dataDir: at("clone/data"), treeId: "t", checkout: at("clone") };
      const given = (folder: string) => () => prepareWorkspace({ ...input, request: { folder } });
      expect(given(at("shop"))).toThrow(/is on a file system that ignores case.+; work in a copy of it/);
      expect(whyOnlyCopy(at("shop"), [])).toBe("ignores_case");
      expect(given(at("clone"))).toThrow(/is on a file system that ignores case/);
      expect(given(at("plain"))().root).toBe(at("plain"));
    });

    test("Z9: a command starts in no folder that the sandbox cannot cover", async () => {
      const sandbox = createSandbox();
      const { signal } = new AbortController();
      const run = (workspace: string, more: { hiddenPaths?: string[]; guardsGit?: boolean }) =>
        sandbox.run({ command: "cat .ENV letter.txt", workspace, hiddenPaths: [], timeoutMs: 20_000, signal, ...more });
      try {
        await expect(run(at("shop"), { guardsGit: true })).rejects.toThrow(WorkspaceError);
        await expect(run(at("clone"), { hiddenPaths: view.hiddenPaths })).rejects.toThrow(/the sandbox cannot cover/);
        await expect(run(at("plain"), { guardsGit: true })).resolves.toMatchObject({ stdout: "Dear you\n" });
      } finally {
        sandbox.close();
      }
    });
  });
