import { parseObject } from "@/components/trees/message-content";
import type { Review } from "@/core/shapes/shapes";
import { withoutDisguise } from "@/core/words/visible";

interface Edit {
  path: string;
  removed: string[];
  added: string[];
}

/** More lines are shown in Review, with the lines around them. */
const MOST_LINES = 40;

/** Returns the lines that a call of edit_file replaces; null for any other item, and when they are too many to show. */
export function editOf({ kind, tool, evidence }: Pick<Review, "kind" | "tool" | "evidence">): Edit | null {
  if (kind !== "approval" || tool !== "edit_file") return null;
  const { path, old_text, new_text, replace_all } = parseObject(evidence ?? "") ?? {};
  if (typeof path !== "string" || typeof old_text !== "string" || typeof new_text !== "string") return null;
  const [removed, added] = [linesOf(old_text), linesOf(new_text)];
  if (removed.length + added.length > MOST_LINES) return null;
  return { path: `${path}${replace_all === true ? ", every occurrence" : ""}`, removed, added };
}

function linesOf(text: string): string[] {
  return text === "" ? [] : withoutDisguise(text).split("\n");
}

/** The lines that an edit removes and adds, without the code that compares whole files. */
export function EditLines({ edit: { path, removed, added } }: { edit: Edit }) {
  return (
    <div className="px-3 py-2 font-mono text-mono">
      <div className="wrap-anywhere text-ink-2">{withoutDisguise(path)}</div>
      <Lines lines={removed} sign="−" word="removed" look="bg-fail-bg" />
      <Lines lines={added} sign="+" word="added" look="bg-ok-bg" />
    </div>
  );
}

interface LinesProps {
  lines: string[];
  sign: string;
  word: string;
  look: string;
}

function Lines({ lines, sign, word, look }: LinesProps) {
  if (lines.length === 0) return null;
  return (
    <div className={`wrap-anywhere whitespace-pre-wrap ${look}`}>
      <span className="sr-only">{word}: </span>
      {lines.map((line) => `${sign} ${line}`).join("\n")}
    </div>
  );
}
