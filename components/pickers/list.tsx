"use client";

import { Command } from "cmdk";
import type { ComponentProps, ReactNode } from "react";
import { Icon } from "@/components/ui/icon";

interface PickListProps {
  label: string;
  typed: string;
  type: (text: string) => void;
  placeholder: string;
  /** The marked item; the list sets it with the arrow keys. */
  marked: string;
  mark: (value: string) => void;
  onKeyDown?: ComponentProps<"div">["onKeyDown"];
  /** What was found, for those who cannot see the list change. */
  status: string;
  children: ReactNode;
}

/** A field and a list below it: arrow keys mark an item, Enter takes it. The caller filters. */
export function PickList({
  label,
  typed,
  type,
  placeholder,
  marked,
  mark,
  onKeyDown,
  status,
  children,
}: PickListProps) {
  return (
    <Command label={label} shouldFilter={false} value={marked} onValueChange={mark} onKeyDown={onKeyDown} loop>
      <div className="flex items-center gap-2 border-b border-line px-3">
        <Icon name="search" className="size-3.5 text-ink-3" />
        <Command.Input
          className="h-9 border-0! bg-transparent! px-0! outline-none! phone:h-12"
          value={typed}
          onValueChange={type}
          placeholder={placeholder}
          aria-label={label}
          spellCheck={false}
          autoCapitalize="none"
          autoFocus
        />
      </div>
      <Command.List
        className="max-h-[min(360px,calc(var(--radix-popover-content-available-height)-64px))] overflow-y-auto overscroll-contain p-1 phone:min-h-60"
        label={label}
      >
        {children}
      </Command.List>
      <p className="sr-only" role="status">
        {status}
      </p>
    </Command>
  );
}

const HEADING =
  "[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-small " +
  "[&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-ink-3";

export function PickGroup({ heading, children }: { heading: ReactNode; children: ReactNode }) {
  return (
    <Command.Group className={HEADING} heading={heading}>
      {children}
    </Command.Group>
  );
}

interface PickItemProps {
  value: string;
  take: (value: string) => void;
  isChosen?: boolean;
  children: ReactNode;
}

export function PickItem({ value, take, isChosen = false, children }: PickItemProps) {
  return (
    <Command.Item
      className="flex min-h-8 cursor-pointer items-center gap-2 rounded-sm px-2 py-1 data-[selected=true]:bg-selected phone:min-h-12"
      value={value}
      onSelect={() => take(value)}
    >
      <span className="min-w-0 flex-auto">{children}</span>
      {isChosen ? <Icon name="succeeded" className="size-3.5 text-accent" label="chosen" /> : null}
    </Command.Item>
  );
}

/** A sentence in the list that cannot be chosen. */
export function PickNote({ isBad = false, children }: { isBad?: boolean; children: ReactNode }) {
  return <p className={`px-2 py-1.5 text-small leading-4.5 ${isBad ? "text-fail" : "text-ink-3"}`}>{children}</p>;
}
