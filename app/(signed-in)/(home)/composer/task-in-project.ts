import { EMPTY_DRAFT, keepDraft, loadDraft } from "./draft";

/** Puts a task in a project into the composer's kept draft. A text there that is not sent yet stays above. */
export function keepTaskIn(project: string, task: string): void {
  const kept = loadDraft();
  const whole = [kept?.task.trim(), task].filter(Boolean).join("\n\n");
  keepDraft({ ...EMPTY_DRAFT, ...kept, project, workspace: "", copy: "", branch: "", task: whole, once: "" });
}
