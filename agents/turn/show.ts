/** Shows people what a task does now: the reply that streams, or the call that runs with the end of its output. */
import type { ToolContext } from "@/agents/tools/contract/tool";
import type { Draft } from "@/core/log/model";
import type { Call } from "@/core/state";
import type { OpenTask } from "./open-task";
import type { World } from "./world";

const PROGRESS_CHARS = 300;
const ABOUT_CHARS = 120;

/** Begins to show the reply of the task's next turn. Secrets are redacted as in the log. */
export function showReply(world: World, { claim, state }: OpenTask) {
  const of = { treeId: claim.treeUid, taskId: claim.uid, turn: state.turn + 1 };
  const shown = world.activities.begin({ ...of, call: null });
  // Each kind has its own stream, because a secret does not continue from the reasoning into the text.
  const streams = { reasoning: world.redactor.redactStream(), text: world.redactor.redactStream() };
  const begun = new Set<Draft["type"]>();
  let last: Draft["type"] | null = null;
  return {
    write({ type, text }: Draft) {
      // A later part of the same kind is a paragraph of its own, as in the log.
      const gap = type !== last && begun.has(type) ? "\n\n" : "";
      begun.add(type);
      last = type;
      shown.write(type, streams[type].push(gap + text));
    },
    end() {
      for (const type of ["reasoning", "text"] as const) shown.write(type, streams[type].end());
      shown.end();
    },
    lose: () => shown.end({ lost: true }),
  };
}

/** Begins to show the call. Returns what its tool reports to, and the function that ends it. */
export function showCall(
  world: World,
  { claim, state }: OpenTask,
  call: Pick<Call, "id" | "tool" | "input">,
): Required<Pick<ToolContext, "onProgress" | "onOutput">> & { end(): void } {
  const about = world.redactor.redact(aboutOf(call.input));
  const shown = world.activities.begin({
    treeId: claim.treeUid,
    taskId: claim.uid,
    turn: state.turn,
    call: { id: call.id, tool: call.tool, about },
  });
  const streams = { stdout: world.redactor.redactStream(), stderr: world.redactor.redactStream() };
  return {
    onProgress: (line) => shown.report(world.redactor.redact(line).slice(0, PROGRESS_CHARS)),
    onOutput: (text, stream) => shown.write("output", streams[stream].push(text)),
    end: () => shown.end(),
  };
}

/** Returns the first text of the call's input on one line: the command of a terminal, the path of a file tool. */
function aboutOf(input: unknown): string {
  const fields = Object.values((input ?? {}) as Record<string, unknown>);
  const text = fields.find((value) => typeof value === "string" && value.trim() !== "");
  return String(text ?? "")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, ABOUT_CHARS);
}
