/**
 * Places that read a text for people, as `file:name` of the text, each with the reason. A line that is no longer needed is
 * a fault.
 */
export const READ_SENTENCES: Record<string, string> = {
  "agents/tools/goals/commands.ts:line": "what a test program of another project printed",
  "app/(signed-in)/review/item/item-evidence.tsx:evidence": "git's format of a patch, which has no other form",
  "components/diff/read-patch.ts:line": "git's format of a patch, which has no other form",
  "components/feed/socket.ts:reason": "a code of socket.io",
  "core/goals/course/goal-changes.ts:text": "goals of an older version were changed by messages of this form",
  "core/offered-answers.ts:question": "the list in an agent's own prose, offered as buttons; no fact of ours",
  "db/file/errors.ts:message": "SQLite says it in its message only",
  "db/queries/tools.ts:detail": "three codes of the audit, separated by spaces",
  "scripts/cli/demo/script.ts:each": "a scripted model is told results in words, as every model is",
  "scripts/cli/demo/script.ts:prompt": "a scripted model is told its task in words, as every model is",
  "db/reviews/rules.ts:detail": "JSON of the audit, which may be cut after 2,000 characters",
};
