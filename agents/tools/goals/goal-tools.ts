/** The tools of a goal's programs: the host's check, and going back to files that were there before. */
import { z } from "zod";
import { type ToolContext, type WorldTool, worldTool } from "@/agents/tools/contract/tool";
import { answering, workplaceOf } from "@/agents/tools/files/workspace-tool";
import { isOfGoal } from "@/core/programs/names";
import { WorkspaceError } from "@/lib/workspace/path";
import { checkGoal, type GoalSources } from "./checks";

/** Paths that the answer to a restore lists. */
const MOST_LEFT_SAID = 20;

const criterion = z.object({
  statement: z.string().describe("What is true when the goal is reached."),
  command: z.string().optional().describe("A shell command that shows it; absent: a judge decides."),
  expect: z
    .union([z.string(), z.number()])
    .optional()
    .describe("Text that its output must contain, or its exit status. Default: exit status 0."),
  weight: z.number().describe("Its part of the score."),
});

const input = z.object({
  validation_command: z
    .string()
    .nullable()
    .describe("Exits with 0 when the goal is reached; null: the criteria decide."),
  setup_command: z.string().nullable().describe("Installs packages in the clean copy; null: they are put back."),
  criteria: z.array(criterion).describe("What must hold."),
  scope: z
    .array(z.string())
    .nullable()
    .optional()
    .describe("Globs of what the work may change; null or absent: as the host proposes it."),
  protect: z.array(z.string()).describe("Globs of files that the work may not change, whatever the scope says."),
  may_change: z.array(z.string()).describe("Globs that people added to the scope."),
  hidden: z.array(z.string()).optional().describe("Globs of tests that agents do not see."),
  hidden_share: z.number().optional().describe("The share of the tests that agents do not see besides."),
  start: z.string().optional().describe("The snapshot at the goal's start; absent: now."),
  tests: z.number().nullable().optional().describe("The number of tests that were reported at the start."),
  failed_before: z.boolean().optional().describe("The validation command has failed before, so it must pass twice."),
  since: z.string().optional().describe("The snapshot since which changes are told; absent: the start."),
  delivered: z.boolean().optional().describe("Checks the folder's commit as a fresh clone has it, not the folder."),
  since_ms: z.number().optional().describe("Since when time counts; absent: since the task began."),
});

/** An agent could name another tree's snapshot, or judge itself by a command of its own. */
function requireProgram({ model = "" }: ToolContext): void {
  if (!isOfGoal(model)) throw new WorkspaceError("Only the program of a goal calls this tool.");
}

/** Copies, installing dependencies, and each command up to five times. */
const CHECK_MS = 6 * 3_600_000;

export const goalTools = (sources: GoalSources): WorldTool[] => [
  worldTool({
    name: "check_goal",
    description:
      "Checks a goal as the host does: its commands run in a clean copy, with the tests as they were at the goal's start. Returns what holds.",
    input,
    // The commands work in a copy, which is thrown away.
    level: "read",
    afterCrash: "repeat",
    showsLife: true,
    timeoutMs: () => CHECK_MS,
    run: (given, context) =>
      answering(async () => {
        requireProgram(context);
        return JSON.stringify(await checkGoal(sources, given, context));
      }),
  }) as WorldTool,
  worldTool({
    name: "restore_files",
    description: "Puts the files of the workspace back to a snapshot of this tree.",
    input: z.object({ snapshot: z.string().describe("The full id of the snapshot.") }),
    level: "write",
    afterCrash: "repeat",
    timeoutMs: () => CHECK_MS,
    run: ({ snapshot }, context) =>
      answering(async () => {
        requireProgram(context);
        const { files, snapshots } = workplaceOf(context);
        const label = `goal-${context.taskId}-${sources.now()}-before`;
        const { commit } = await snapshots.take({ label, previous: snapshot }, context.signal);
        const { added } = await sources.snapshots.diff(commit, snapshot, { maxBytes: 0, withGit: true });
        const [occupied] = await files.occupied(added);
        if (occupied !== undefined)
          throw new WorkspaceError(
            `Nothing was put back: ${JSON.stringify(occupied)} is a file that no snapshot holds, such as one that is too large, and it would be replaced; move it away first.`,
          );
        const left = await snapshots.apply(commit, snapshot);
        const but =
          left.length > 0 ? `, but for what git obeys, which stays: ${left.slice(0, MOST_LEFT_SAID).join(", ")}` : "";
        return `The files are as they were in that snapshot${but}.`;
      }),
  }) as WorldTool,
];
