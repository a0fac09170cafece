import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { TASK_STATUSES } from "@/core/log/terms";
import { REASON_WORDS } from "@/core/words/reasons";

const lifecycle = await readFile(path.join(import.meta.dirname, "../../docs/lifecycle.md"), "utf8");

test("each reason has one sentence that says what happened and one that says what to do", () => {
  for (const [reason, { says, remedy }] of Object.entries(REASON_WORDS)) {
    for (const sentence of [says, remedy]) {
      expect(sentence, reason).toMatch(/^[A-Z].*\.$/);
      expect(sentence, reason).not.toMatch(/\. [A-Z]|please|oops|successfully|!/i);
    }
  }
});

test("whoever lacks a model or a key is led to the pages that take it before the file that needs a new start", () => {
  for (const reason of ["no_model", "no_key"] as const)
    expect(REASON_WORDS[reason].remedy).toMatch(
      /under Settings, Provider keys, or .* \.env and start again; then retry/,
    );
});

test("the page on the lifecycle shows exactly these reasons, in the same words", () => {
  const rows = [...lifecycle.matchAll(/^\| `(\w+)` \| (?:failed|stopped) \| (.+) \| (.+) \|$/gm)];
  const shown = Object.fromEntries(rows.map(([, reason, says, remedy]) => [reason, { says, remedy }]));
  expect(shown).toEqual(REASON_WORDS);
});

test("the diagram has every status and no other", () => {
  const diagram = /```mermaid\n([\s\S]*?)```/.exec(lifecycle)?.[1] ?? "";
  const states = [...diagram.matchAll(/^ +(\w+|\[\*\]) --> (\w+|\[\*\])/gm)].flatMap((arrow) => [arrow[1], arrow[2]]);
  expect(new Set(states)).toEqual(new Set([...TASK_STATUSES, "[*]"]));
});
