/** All keys, for the dialog that lists them. */
export const KEYS: readonly { place: string; keys: readonly (readonly [string, string])[] }[] = [
  {
    place: "Anywhere",
    keys: [
      ["c", "new task"],
      ["/", "find"],
      ["g h", "home"],
      ["g r", "review"],
      ["g t", "trees"],
      ["g o", "operations"],
      ["?", "keyboard shortcuts"],
      ["Esc", "back"],
    ],
  },
  {
    place: "Lists",
    keys: [
      ["j k", "next, previous"],
      ["↵", "open"],
      ["space", "preview"],
    ],
  },
  {
    place: "Tree",
    keys: [
      ["← →", "fold, unfold"],
      ["n", "next problem"],
      ["+ − 0", "graph and timeline: zoom in, zoom out, fit"],
      ["G", "end of the log"],
    ],
  },
  {
    place: "Task",
    keys: [
      ["a", "answer its question, or go to its approval"],
      ["s", "write to the task, or continue it"],
      ["p", "pause or resume"],
      [".", "step: previews the next action first"],
      ["m", "change agent, model or priority"],
      ["f", "fork from the entry under the pointer or focus"],
      ["r", "retry"],
      ["x", "stop (asks first)"],
    ],
  },
  {
    place: "Review",
    keys: [
      ["1 2 3", "choose an offered answer"],
      ["a", "approve"],
      ["r", "reject"],
      ["e", "edit"],
      ["c", "comment"],
      ["q", "ask the task"],
      ["x", "select"],
      ["⇧A", "approve selected items"],
      ["z u", "undo a decision not sent yet"],
      ["n", "show new items"],
    ],
  },
  {
    place: "Forms",
    keys: [
      ["⌘↵", "send (or Ctrl ↵)"],
      ["⌘S", "save an agent, document or runbook"],
      ["t", "try an agent or a runbook"],
    ],
  },
];
