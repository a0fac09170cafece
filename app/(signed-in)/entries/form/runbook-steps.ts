/** Extracts the steps of a runbook for display. The server validates the runbook with its own parser. Pure. */

export interface ShownStep {
  title: string;
  /** The tool that the step calls, or its verb. */
  does: string;
  when: string | null;
}

const STEP = /^##[ \t]+(.+)$|^```step[^\n]*\n([\s\S]*?)^```[ \t]*$/gm;
const VERBS = ["call", "start_subtasks", "ask", "write", "render", "set", "check", "end"];

export function stepsOf(text: string): ShownStep[] {
  const steps: ShownStep[] = [];
  let title = "";
  for (const [, heading, block] of withoutFrontMatter(text).matchAll(STEP)) {
    if (heading !== undefined) title = heading.trim();
    else if (block !== undefined) steps.push({ title, does: verbOf(block), when: textAfter(block, "when") });
  }
  return steps;
}

export function withoutFrontMatter(text: string): string {
  return text.replace(/^\uFEFF?---\r?\n[\s\S]*?\r?\n---[ \t]*(\r?\n|$)/, "");
}

function verbOf(block: string): string {
  const verb = VERBS.find((name) => new RegExp(`^${name}:`, "m").test(block)) ?? "";
  return verb === "call" ? (textAfter(block, "call") ?? "call") : verb.replaceAll("_", " ");
}

function textAfter(block: string, key: string): string | null {
  const found = new RegExp(`^${key}:[ \\t]*(.+)$`, "m").exec(block)?.[1]?.trim();
  return found ? found.replace(/^(['"])([\s\S]*)\1$/, "$2").replaceAll("''", "'") : null;
}
