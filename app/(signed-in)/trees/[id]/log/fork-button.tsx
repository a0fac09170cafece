"use client";

import { buttonLook } from "@/components/ui/button-look";
import { type ForkPoint, useForkFrom } from "../control/fork-point";

/** Hides the button until the pointer or the focus is on its entry. Touch screens always show it. */
const HIDDEN =
  "opacity-0 group-hover/entry:opacity-100 group-focus-within/entry:opacity-100 phone:opacity-100 [@media(hover:none)]:opacity-100";

/** Button in an entry's head that opens the fork dialog. The key `f` presses it for the entry under the pointer or the focus. */
export function ForkButton({ point, isAlwaysShown }: { point: ForkPoint; isAlwaysShown: boolean }) {
  const forkFrom = useForkFrom();
  if (!forkFrom) return null;
  return (
    <button
      type="button"
      className={buttonLook(
        "quiet",
        `ml-auto h-5! px-1.5! text-small! font-medium! phone:h-7! [@media(hover:none)]:h-7! ${isAlwaysShown ? "" : HIDDEN}`,
      )}
      data-fork={point.at}
      aria-label={`Fork from here, ${point.isBefore ? "before" : "after"} ${point.what}`}
      title={`Start a new tree ${point.isBefore ? "from just before" : "right after"} ${point.what}`}
      onClick={() => forkFrom(point)}
    >
      Fork from here
    </button>
  );
}
