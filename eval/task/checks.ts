/** Parts of checks that several tasks share. Each returns null, or one sentence that says what is wrong. */
import type { EndedTask, EvalTask, Verdict } from "./task";

/** The first fault counts. */
export function all(...verdicts: Verdict[]): Verdict {
  return verdicts.find((verdict) => verdict !== null) ?? null;
}

export function succeeded({ tree }: EndedTask): Verdict {
  return tree.status === "succeeded" ? null : `The tree ended as ${tree.status} (${tree.reason ?? "no reason"}).`;
}

/** Whether a file holds this text, apart from white space around it. */
export function holds(ended: EndedTask, path: string, text: string): Verdict {
  const found = ended.read(path);
  if (found === null) return `There is no ${path}.`;
  return found.trim() === text.trim() ? null : `${path} holds ${JSON.stringify(found.trim().slice(0, 200))}.`;
}

/** Whether a text mentions every part, in any case. */
export function mentions(what: string, text: string | null, ...parts: string[]): Verdict {
  if (text === null) return `There is no ${what}.`;
  const missing = parts.filter((part) => !text.toLowerCase().includes(part.toLowerCase()));
  return missing.length === 0 ? null : `${what} does not mention ${missing.join(", ")}.`;
}

/** Whether these files are as they were before the start. */
export function unchanged(ended: EndedTask, task: Pick<EvalTask, "files">, ...paths: string[]): Verdict {
  const changed = paths.filter((path) => ended.read(path) !== task.files[path]);
  return changed.length === 0 ? null : `Changed, and should not be: ${changed.join(", ")}.`;
}

export async function runs(ended: EndedTask, command: string, files: Record<string, string> = {}): Promise<Verdict> {
  const { status, output } = await ended.run(command, files);
  if (status === 0) return null;
  const last = output.replace(/\s+/g, " ").trim().slice(-300);
  return `\`${command}\` ended with ${status ?? "no status"}; its output ends with: ${last || "nothing"}.`;
}
