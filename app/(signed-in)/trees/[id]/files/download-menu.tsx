"use client";

import { DropdownMenu } from "radix-ui";
import { buttonLook } from "@/components/ui/button-look";
import { Icon } from "@/components/ui/icon";
import { patchAddress, zipAddress } from "./file-address";

interface DownloadMenuProps {
  treeId: string;
  at: string | null;
  hasChanges: boolean;
}

/** Takes the files along: all of them, or what the tree changed. */
export function DownloadMenu({ treeId, at, hasChanges }: DownloadMenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <button type="button" className={buttonLook()}>
          <Icon name="download" />
          Download
          <Icon name="down" className="size-3" />
        </button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          className="z-20 min-w-45 rounded-lg border border-line-strong bg-raised p-1 text-ink shadow-float"
          align="end"
          sideOffset={4}
        >
          <Item href={zipAddress(treeId, { at })}>All files (zip)</Item>
          {hasChanges ? (
            <>
              <Item href={zipAddress(treeId, { at, only: "changed" })}>Changed files (zip)</Item>
              <Item href={patchAddress(treeId)}>Patch for git apply</Item>
            </>
          ) : null}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function Item({ href, children }: { href: string; children: string }) {
  return (
    <DropdownMenu.Item asChild>
      <a
        className="block cursor-pointer rounded-sm px-2 py-1 text-ink no-underline outline-none data-highlighted:bg-selected"
        href={href}
        download
      >
        {children}
      </a>
    </DropdownMenu.Item>
  );
}
