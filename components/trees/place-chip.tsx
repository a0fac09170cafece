import { Icon } from "@/components/ui/icon";
import type { TreePlace } from "@/core/shapes/files";

const CHIP = "inline-flex min-w-0 items-center gap-1.5 text-small";

/** The folder and its branch, as people write them: shop@main. `isPlain`: in a row, without a frame. */
export function PlaceChip({ place, isPlain = false }: { place: TreePlace; isPlain?: boolean }) {
  const { name, address, branch, is_copy } = place;
  const look = isPlain
    ? "text-ink-3"
    : "h-6 max-w-56 flex-none rounded-control border border-line px-2 font-medium text-ink-2 phone:order-3";
  return (
    <span className={`${CHIP} ${look}`} title={is_copy ? `A copy of ${address}` : address} data-testid="place">
      <Icon name="folder" className="size-3.5 flex-none text-ink-3" />
      <span className="min-w-0 truncate">
        {name}
        {branch ? <span className="text-ink-3">@</span> : null}
        {branch}
      </span>
      {is_copy ? <span className="sr-only">, in a copy</span> : null}
    </span>
  );
}
