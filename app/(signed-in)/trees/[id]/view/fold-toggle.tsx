import { Icon } from "@/components/ui/icon";

interface FoldToggleProps {
  id: string;
  /** Absent: there is nothing below. */
  expanded: boolean | undefined;
  toggle: (id: string, expanded: boolean) => void;
}

/** For the pointer: the row itself says whether it is folded, and its keys fold it. */
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
