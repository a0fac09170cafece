"use client";

import { DropdownMenu } from "radix-ui";
import type { ComponentProps } from "react";

export interface MenuProps {
  /** The button that opens the menu. */
  button: Omit<ComponentProps<"button">, "onClick" | "type">;
  items: readonly { word: string; act: () => void }[];
}

/** The opened menu, in place of the button that was pressed. */
export function MenuBox({ button, items }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false} defaultOpen>
      <DropdownMenu.Trigger {...button} />
      {/* Inside the page's landmark, where screen readers look for it. */}
      <DropdownMenu.Portal container={document.getElementById("main")}>
        <DropdownMenu.Content
          className="z-20 min-w-45 rounded-lg border border-line-strong bg-raised p-1 text-ink shadow-float"
          align="end"
          sideOffset={4}
        >
          {items.map(({ word, act }) => (
            <DropdownMenu.Item
              key={word}
              className="cursor-pointer rounded-sm px-2 py-1 outline-none data-highlighted:bg-selected"
              onSelect={act}
            >
              {word}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
