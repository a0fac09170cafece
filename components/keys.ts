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
      ["g s", "schedules"],
      ["g o", "operations"],
      ["g m", "memory"],
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
      ["z", "Home: undo a decision or a retry not sent yet"],
      ["x", "choose a tree to compare"],
    ],
  },
  {
    place: "Tree",
    keys: [
      ["← →", "fold, unfold"],
      ["↵", "open the task, at its result"],
      ["n", "next problem"],
      ["+ − 0", "graph and timeline: zoom in, zoom out, fit"],
      ["G", "end of the log"],
      ["⇧F", "follow the running task"],
      ["/", "in the log: find in it; ↵ next match, ⇧↵ previous"],
    ],
  },
  {
    place: "Task",
    keys: [
      ["a", "answer its question, or go to its approval"],
      ["z", "undo a decision or a retry not sent yet"],
      ["s", "write to the task, or continue it"],
      ["p", "pause or resume"],
      [".", "step: run one turn, then pause"],
      [">", "preview the next step, and change it first"],
      ["m", "change agent, model or priority"],
      ["f", "go back to the entry under the pointer or focus, in a fork"],
      ["r", "retry"],
      ["x", "stop (asks first)"],
    ],
  },
  {
    place: "Review",
    keys: [
      ["1 2 3", "choose an offered answer"],
      ["Space", "read on; a decision waits for the end of its evidence"],
      ["a", "approve what is shown"],
      ["r", "reject what is shown"],
      ["e", "edit"],
      ["c", "comment"],
      ["q", "ask the task"],
      ["z u", "undo a decision not sent yet, and select its item again"],
      ["n", "show new items"],
    ],
  },
  {
    place: "Memory",
    keys: [
      ["a", "approve the first candidate"],
      ["e", "edit the lesson, or the first candidate"],
      ["r", "reject the first candidate"],
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
