/** A judgement that takes too long. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { WorkspaceError } from "@/lib/workspace/path";
import { judgeTry } from "./judge";

type Given = Parameters<typeof judgeTry>;

test("a judgement that takes longer than 20 minutes is a fault that is tried again, and refuses nothing", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "banyan-judge-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const tree = { workspace: join(dataDir, "none"), inPlace: false, snapshot: "made", pendingSnapshot: null };
  const sources = {
    dataDir,
    hiddenPathsOf: () => [],
    store: {
      loader: { tree: () => tree },
      queries: { trees: { treeKey: () => 1 }, files: { historyOf: () => ({ start: "start", snapshots: [] }) } },
      forges: { link: () => null },
    },
    openRepository: (_place: unknown, { signal }: { signal: AbortSignal }) =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  } as unknown as Given[0];
  const given = { project: { name: "shop", address: "/shop", branch: null }, signal: new AbortController().signal };
  const judged = judgeTry(sources, { tree: "t" } as Given[1], given as Given[2]).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(20 * 60_000);
  const error = await judged;
  expect(error).toBeInstanceOf(WorkspaceError);
  expect((error as Error).message).toBe("Judging took longer than 20 minutes and was ended.");
  expect(readdirSync(join(dataDir, "cache"))).toEqual([]);
});
