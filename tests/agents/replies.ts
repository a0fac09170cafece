/** Replies for scenarios. */
import type { Reply } from "./services/script";

export function call(name: string, input: unknown): Reply {
  return { calls: [{ name, input }] };
}

export function startSubtask(...inputs: { instruction: string; agent: string; [field: string]: unknown }[]): Reply {
  return { calls: inputs.map((input) => ({ name: "start_subtask", input })) };
}

export function endTask(result: string, more: Record<string, unknown> = {}): Reply {
  return { calls: [{ name: "end_task", input: { status: "success", result, ...more } }] };
}

export function passed(): Reply {
  return endTask('{"outcome":"pass","reasons":["It holds."]}');
}
