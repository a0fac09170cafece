"use client";

import { Icon } from "@/components/ui/icon";
import { KeyLabel } from "@/components/ui/key-label";
import { TAB_LOOK } from "../more-tab";
import { setPaletteOpen } from "./palette-state";

/** Opens the palette. It looks like a search field, because people look for one. */
export function PaletteButton() {
  return (
    <button
      type="button"
      className="mb-3 flex h-control w-full cursor-pointer items-center gap-2 rounded-control border border-line-strong bg-raised px-2 text-left text-ink-3 hover:bg-hover"
      aria-haspopup="dialog"
      onClick={() => setPaletteOpen(true)}
    >
      <Icon name="search" className="size-3.5" />
      <span className="flex-auto">Find or do</span>
      <kbd>
        <KeyLabel keys="⌘K" />
      </kbd>
    </button>
  );
}

/** The same as a tab of the phone's navigation. */
export function PaletteTab() {
  return (
    <button type="button" className={TAB_LOOK} aria-haspopup="dialog" onClick={() => setPaletteOpen(true)}>
      <Icon name="search" />
      Find
    </button>
  );
}
