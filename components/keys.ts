/** All keys, for the dialog that lists them. */
export const KEYS: readonly { place: string; keys: readonly (readonly [string, string])[] }[] = [
  {
    place: "Anywhere",
    keys: [
      ["⌘K", "find anything, do anything"],
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
      ["x", "choose a tree to compare"],
    ],
  },
  {
    place: "Tree",
    keys: [
      ["← →", "fold, unfold"],
      ["n", "next problem"],
      ["+ − 0", "graph and timeline: zoom in, zoom out, fit"],
      ["G", "end of the log"],
      ["/", "in the log: find in it; ↵ next match, ⇧↵ previous"],
    ],
  },
  {
    place: "Task",
    keys: [
      ["a", "answer its question, or go to its approval"],
      ["s", "steer: write to the task"],
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
      ["⌘↵", "send"],
      ["⌘S", "save an agent, document or runbook"],
      ["t", "try an agent or a runbook"],
    ],
  },
];
