import { z } from "zod";
import type { SelfChanges, SelfFolder } from "@/agents/self/changes";
import { worldTool } from "@/agents/tools/contract/tool";
import { answering, workplaceOf } from "@/agents/tools/files/workspace-tool";
import type { GatesReport } from "@/core/shapes/improving/gates";
import type { SandboxPort } from "@/lib/sandbox/port";

/** Build, tests and mutants of a slow machine, behind those of other tasks. */
const CHECK_MS = 6 * 3_600_000;
const MOST_FINDINGS = 40;

export interface SelfTools {
  changes: SelfChanges;
  /** Where the gates run what was changed. */
  sandbox: SandboxPort;
  /** Returns the installed packages of the release that runs, for a tree whose folder is a copy of its source. */
  packagesOf(treeUid: string): string | null;
  /** Returns the address and commit that the tree's folder is a copy of, or null. */
  copiedFrom(treeUid: string): string | null;
}

/** Shared by both tools, which must be given the same. */
export const mergedBase = z
  .string()
  .optional()
  .describe("After a merge of origin/permanent: the full id of the commit that you merged last.");

const input = z.strictObject({
  quick: z
    .boolean()
    .default(false)
    .describe("true: only the gates that read the files and check types; a proposal needs all of them."),
  base: mergedBase,
});

export const checkChange = ({ changes, sandbox, copiedFrom }: SelfTools) =>
  worldTool({
    name: "check_change",
    description:
      "Judges what you changed in your copy of Banyan's own source (repository banyan:self) with the gates of the release that runs: secrets, packages, build, types, lint, tests old and new, faults that tests must notice. It takes the whole folder as it is now; commits and branches do not matter. When Banyan has changed, it fetches the new release as origin/permanent. Returns what each gate found.",
    input,
    level: "write",
    afterCrash: "repeat",
    showsLife: true,
    timeoutMs: () => CHECK_MS,
    run: ({ quick, base }, context) =>
      answering(async () => {
        const { root: path, hiddenPaths, cacheDir } = workplaceOf(context).folder;
        const { treeId: tree, taskId: task, signal } = context;
        const folder: SelfFolder = { tree, task, path, hiddenPaths, copiedFrom: copiedFrom(tree), base };
        const onActivity = () => context.onActivity?.();
        const alive = setInterval(onActivity, 5_000);
        const onLine = (line: string) => context.onProgress?.(line);
        try {
          const run = { quick, signal, onLine, sandbox, cacheDir, onActivity };
          const { change, report, hasMoved } = await changes.check(folder, run);
          return JSON.stringify({
            outcome: report.outcome,
            files: change.files.length,
            ...found(report),
            ...(hasMoved && { release: MOVED }),
            ...(quick && { next: "This was the quick check. Call check_change with all gates before propose_change." }),
          });
        } finally {
          clearInterval(alive);
        }
      }),
  });

const MOVED =
  "Another release of Banyan runs now. Your change fits it without a conflict and was judged on it; origin/permanent is its source.";

const LATER_MEANS =
  "These, and the tests further away, run while the release is on trial, and take it back where they find a fault. It can be proposed now.";

/** What an agent needs to go on: each gate's outcome, and the findings of those that did not pass. */
function found({ gates }: GatesReport) {
  const on = gates.filter(({ outcome }) => outcome !== "off");
  const later = gates.filter((gate) => gate.outcome === "off" && gate.later).map(({ gate }) => gate);
  const findings = on.flatMap(({ gate, findings: all }) =>
    all.filter(({ kind }) => kind !== "note").map(({ kind, text, path, line }) => ({ gate, kind, text, path, line })),
  );
  return {
    gates: on.map(({ gate, outcome, summary }) => ({ gate, outcome, summary })),
    ...(later.length > 0 && { later, later_means: LATER_MEANS }),
    findings: findings.slice(0, MOST_FINDINGS),
    ...(findings.length > MOST_FINDINGS && { more_findings: findings.length - MOST_FINDINGS }),
  };
}
