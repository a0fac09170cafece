import { Icon } from "@/components/ui/icon";
import type { Task } from "@/core/shapes/shapes";
import { plural } from "@/core/words/figures";

/** The folded log of an ended task: one line that opens it. */
export function FoldedLog({ task, open }: { task: Task; open: () => void }) {
  return (
    <h3 className="mt-2" data-log-folded>
      <button
        type="button"
        className="flex min-h-7 w-full min-w-0 cursor-pointer items-center gap-2 rounded-control text-left hover:bg-hover phone:min-h-9"
        aria-expanded={false}
        onClick={open}
      >
        <Icon name="chev" className="size-3 stroke-3 text-ink-3" />
        Log
        <span className="font-normal text-ink-2">{plural(task.turns, "turn")}</span>
      </button>
    </h3>
  );
}
