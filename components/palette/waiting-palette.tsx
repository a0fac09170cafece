import { Icon } from "@/components/ui/icon";
import { Skeleton } from "@/components/ui/page/skeleton";

export const FIELD_ROW = "flex items-center gap-2 border-b border-line px-4";
export const FIELD = "h-12! border-0! bg-transparent! px-0! text-body outline-none!";
export const PLACEHOLDER = "Find trees, tasks, texts, agents, pages, actions";

interface FieldState {
  search: string;
  setSearch: (text: string) => void;
  /** Called when Enter is pressed before there is anything to open. */
  onEnter: () => void;
}

/** The palette while its code loads. What people type is kept, and so is Enter. */
export function WaitingPalette({ search, setSearch, onEnter }: FieldState) {
  return (
    <>
      <div className={FIELD_ROW}>
        <Icon name="search" className="size-4 text-ink-3" />
        <input
          type="text"
          className={FIELD}
          aria-label="Find or do"
          placeholder={PLACEHOLDER}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          onKeyDown={(event) => event.key === "Enter" && onEnter()}
        />
      </div>
      <Skeleton className="px-4 py-2" role="status" aria-label="Loading">
        <i className="w-1/2" />
        <i className="w-2/3" />
        <i className="w-1/3" />
      </Skeleton>
    </>
  );
}
