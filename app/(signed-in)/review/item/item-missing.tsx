import { buttonLook } from "@/components/ui/button-look";
import { Skeleton } from "@/components/ui/page/skeleton";
import { ItemInner } from "./item-parts";

interface ItemMissingProps {
  problem: string | null;
  isChosen: boolean;
  canUndo: boolean;
  undo: () => void;
}

/** Shown while an item loads, when it cannot be loaded, or when no item is selected. */
export function ItemMissing({ problem, isChosen, canUndo, undo }: ItemMissingProps) {
  return (
    <ItemInner role={problem ? "alert" : undefined}>
      {problem ? <p>Could not load the item. {problem}</p> : null}
      {!problem && isChosen ? (
        <Skeleton>
          <i className="w-1/4" />
          <i />
          <i className="w-4/5" />
        </Skeleton>
      ) : null}
      {!problem && !isChosen ? <p className="text-ink-2">No item selected.</p> : null}
      {canUndo ? (
        <button type="button" className={buttonLook("plain", "mt-3")} data-key="z" onClick={undo}>
          Undo <kbd>z</kbd>
        </button>
      ) : null}
    </ItemInner>
  );
}
