import { prerender } from "react-dom/static";
import { expect, test, vi } from "vitest";
import { PatchFiles } from "@/components/diff/patch-files";
import { textPatch } from "@/components/diff/text-patch";
import type { FilePreview } from "@/core/shapes/files";
import { ResultPreview } from "./result-preview";

const read = vi.hoisted(() => ({ body: null as unknown }));

vi.mock("@/app/operate", () => ({}));
vi.mock("./use-loaded", () => ({ useLoaded: () => ({ body: read.body, problem: null }) }));

async function rendered(element: React.ReactNode): Promise<string> {
  const { prelude } = await prerender(element);
  return (await new Response(prelude).text()).replaceAll("<!-- -->", "");
}

const first = textPatch("a.md", "one\n", "two\n");

async function shown(difference: { patch: string; truncated: boolean }, own: Partial<FilePreview> = {}) {
  read.body = { path: "b.md", type: "text", text: "", bytes: 1, patch: "", truncated: false, ...own };
  const file = { path: "b.md", change: "modified", additions: null, deletions: null, run_by: null } as const;
  return rendered(<ResultPreview treeId="t" file={file} at={null} difference={difference} revision="" />);
}

test("a file past the end of a result's diff shows its own, and never that it did not change", async () => {
  const own = textPatch("b.md", "before\n", "after\n");
  const cut = await shown({ patch: first, truncated: true }, { patch: own });
  expect(cut).toContain("what the tree changed in the file since its start");
  expect(cut).toContain("after");
  expect(cut).not.toContain("No text changes.");
  expect(cut).not.toContain("256 KB");
  // Its own diff may be too long, too.
  const long = await shown({ patch: first, truncated: true }, { patch: own, truncated: true });
  expect(long).toContain("The diff is longer than 256 KB, so only its beginning is shown.");
  expect(long).toContain("or more");
  expect(await shown({ patch: first, truncated: true }, { patch: "", truncated: true })).toContain("256 KB");
  expect(await shown({ patch: first, truncated: false })).toContain("No text changes.");
});

test("a patch that was cut says where it ends", async () => {
  const both = `${first}${textPatch("b.md", "one\n", "two\n")}`;
  const cut = await rendered(<PatchFiles patch={both} isCut />);
  expect(cut).toContain("2 files shown: 2 lines added, 2 removed");
  expect(cut.match(/or more/g)).toHaveLength(1);
  expect(await rendered(<PatchFiles patch={both} />)).not.toMatch(/or more|shown:/);
  const other = await rendered(<PatchFiles patch={both} only={(path) => path === "c.md"} isCut />);
  expect(other).toContain("The diff ends before this file.");
  const header = await rendered(<PatchFiles patch={"diff --git a/a.md b/a.md\n--- a/a.md\n+++ b/a.md\n"} isCut />);
  expect(header).toContain("The diff ends before the lines of this file.");
});
