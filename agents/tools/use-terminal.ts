import { z } from "zod";
import { worldTool } from "./tool";
import { answering, viewOf } from "./workspace-tool";

const OUTPUT_MAX_BYTES = 1024 * 1024;
const TIMEOUT_MAX_SECONDS = 3600;

export const useTerminal = worldTool({
  name: "use_terminal",
  description:
    "Run a bash command in the workspace, in a sandbox: no network, no secrets, nothing of the host but /usr and the workspace at /workspace. No process outlives the command. Returns exit status, output and duration.",
  input: z.strictObject({
    command: z.string().min(1).max(100_000).describe("The command, as bash reads it."),
    timeout_seconds: z
      .number()
      .positive()
      .max(TIMEOUT_MAX_SECONDS)
      .optional()
      .describe("Seconds after which the command is ended. Default: the time-out of tool calls."),
    background: z.boolean().optional().describe("Not available: commands run in the foreground."),
  }),
  level: "write",
  afterCrash: "report_interrupted",
  showsLife: true,
  timeoutMs: (input) => (input.timeout_seconds === undefined ? undefined : input.timeout_seconds * 1000),
  run: (input, context) =>
    answering(async () => {
      if (input.background) {
        const content =
          "Commands cannot run in the background; run it in the foreground, with timeout_seconds if it is long.";
        return { content, isError: true };
      }
      if (input.command.includes("\0")) {
        return { content: "The command contains a NUL character; leave it out.", isError: true };
      }
      const view = viewOf(context);
      const status = await context.sandbox.status();
      if (!status.available) return { content: status.reason, isError: true };
      const result = await context.sandbox.run({
        command: input.command,
        workspace: view.root,
        hiddenPaths: view.hiddenPaths,
        readOnlyWorkspace: view.readOnlyBeforeMs != null,
        timeoutMs: Math.min(context.timeoutMs, (input.timeout_seconds ?? TIMEOUT_MAX_SECONDS) * 1000),
        signal: context.signal,
        onActivity: context.onActivity,
        maxOutputBytes: OUTPUT_MAX_BYTES,
      });
      const answer = {
        exit_status: result.exitStatus,
        ...(result.endedBy && { ended_by: result.endedBy }),
        duration_ms: result.durationMs,
        stdout: result.stdout,
        stderr: result.stderr,
        ...(result.truncated && { truncated: true }),
      };
      return { content: JSON.stringify(answer), isError: result.endedBy !== undefined };
    }),
});
