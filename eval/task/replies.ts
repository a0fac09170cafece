/** Replies for the scripts with which the evaluation checks itself. */
import type { Reply } from "@/tests/agents/provider-script";
import { call, endTask } from "@/tests/agents/replies";

/** Writes the files in one turn, and ends with the result in the next. */
export function writes(files: Record<string, string>, result = "Done."): Reply[] {
  const calls = Object.entries(files).map(([path, content]) => ({ name: "write_file", input: { path, content } }));
  return [{ calls }, endTask(result)];
}

export function says(result: string): Reply[] {
  return [endTask(result)];
}

export function givesUp(result: string): Reply[] {
  return [call("end_task", { status: "failure", result })];
}

/** Asks a person, writes the files once that is answered, and ends. */
export function asksThenWrites(question: string, files: Record<string, string>): Reply[] {
  return [call("ask", { question }), ...writes(files)];
}
