/**
 * Places that still read text for people, as `file:name` of what is read, each with the reason. The list only gets shorter:
 * a line that is no longer needed is a fault.
 */
export const READ_SENTENCES: Record<string, string> = {
  "app/(signed-in)/review/item/item-evidence.tsx:evidence": "not rewritten yet",
  "app/(signed-in)/tools/tool-words.ts:sentence": "not rewritten yet",
  "components/diff/read-patch.ts:head": "git's format of a patch, which has no other form",
  "components/feed/socket.ts:reason": "a code of socket.io",
  "components/reviews/words.ts:detail": "not rewritten yet",
  "core/offered-answers.ts:question": "the list in an agent's own prose, offered as buttons; no fact of ours",
  "db/file/errors.ts:message": "SQLite says it in its message only",
  "db/queries/tools.ts:detail": "not rewritten yet",
  "db/reviews/rules.ts:detail": "not rewritten yet",
};
