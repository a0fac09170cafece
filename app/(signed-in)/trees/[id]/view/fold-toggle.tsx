import { Icon } from "@/components/ui/icon";

interface FoldToggleProps {
  id: string;
  /** undefined for a task without subtasks. */
  expanded: boolean | undefined;
  toggle: (id: string, expanded: boolean) => void;
}

/** Fold button for the pointer only. Screen readers and keys use the row itself. */
export function FoldToggle({ id, expanded, toggle }: FoldToggleProps) {
  if (expanded === undefined) return <span className="size-3 flex-none" />;
  return (
    <button
      type="button"
      className="relative z-1 -m-1 cursor-pointer p-1"
      tabIndex={-1}
      aria-hidden="true"
      onClick={() => toggle(id, !expanded)}
    >
      <Icon name={expanded ? "down" : "chev"} className="size-3 flex-none stroke-3 text-ink-3" />
    </button>
  );
}
