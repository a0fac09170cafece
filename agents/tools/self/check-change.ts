import { z } from "zod";
import type { SelfChanges, SelfFolder } from "@/agents/self/changes";
import { worldTool } from "@/agents/tools/contract/tool";
import { answering, viewOf } from "@/agents/tools/files/workspace-tool";
import type { GatesReport } from "@/core/shapes/gates";

/** Build, tests and mutants of a slow machine, behind those of other tasks. */
const CHECK_MS = 6 * 3_600_000;
const MOST_FINDINGS = 40;

export interface SelfTools {
  changes: SelfChanges;
  /** Returns the installed packages of the release that runs, for a tree whose folder is a copy of its source. */
  packagesOf(treeUid: string): string | null;
  /** Returns the address and commit that the tree's folder is a copy of, or null. */
  copiedFrom(treeUid: string): string | null;
}

const input = z.strictObject({
  quick: z
    .boolean()
    .default(false)
    .describe("true: only the gates that read the files and check types; a proposal needs all of them."),
});

export const checkChange = ({ changes, copiedFrom }: SelfTools) =>
  worldTool({
    name: "check_change",
    description:
      "Judges what you changed in your copy of Banyan's own source (repository banyan:self) with the gates of the release that runs: secrets, packages, build, types, lint, tests old and new, faults that tests must notice. It takes the whole folder as it is now; commits and branches do not matter. Returns what each gate found.",
    input,
    level: "write",
    afterCrash: "repeat",
    showsLife: true,
    timeoutMs: () => CHECK_MS,
    run: ({ quick }, context) =>
      answering(async () => {
        const { root: path, hiddenPaths } = viewOf(context);
        const { treeId: tree, taskId: task, signal } = context;
        const folder: SelfFolder = { tree, task, path, hiddenPaths, copiedFrom: copiedFrom(tree) };
        const alive = setInterval(() => context.onActivity?.(), 5_000);
        const onLine = (line: string) => context.onProgress?.(line);
        try {
          const { change, report } = await changes.check(folder, { quick, signal, onLine });
          return JSON.stringify({
            outcome: report.outcome,
            files: change.files.length,
            ...found(report),
            ...(quick && { next: "This was the quick check. Call check_change with all gates before propose_change." }),
          });
        } finally {
          clearInterval(alive);
        }
      }),
  });

/** What an agent needs to go on: each gate's outcome, and the findings of those that did not pass. */
function found({ gates }: GatesReport) {
  const on = gates.filter(({ outcome }) => outcome !== "off");
  const findings = on.flatMap(({ gate, findings: all }) =>
    all.filter(({ kind }) => kind !== "note").map(({ kind, text, path, line }) => ({ gate, kind, text, path, line })),
  );
  return {
    gates: on.map(({ gate, outcome, summary }) => ({ gate, outcome, summary })),
    findings: findings.slice(0, MOST_FINDINGS),
    ...(findings.length > MOST_FINDINGS && { more_findings: findings.length - MOST_FINDINGS }),
  };
}
