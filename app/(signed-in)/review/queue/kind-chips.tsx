"use client";

import { chipLook } from "@/components/ui/chip-look";
import type { Review } from "@/core/shapes/shapes";
import { countKinds, type KindFilter } from "./queue-rows";

const KINDS: [KindFilter, string][] = [
  ["all", "All"],
  ["question", "Questions"],
  ["approval", "Approvals"],
  ["change", "Changes"],
  ["proposal", "Proposals"],
  ["flag", "Flags"],
];

interface KindChipsProps {
  /** The open items that the list holds. */
  reviews: readonly Review[];
  /** The number of all open items. */
  total: number;
  kind: KindFilter;
  setKind: (kind: KindFilter) => void;
  byTree: boolean;
  setByTree: (on: boolean) => void;
}

export function KindChips({ reviews, total, kind, setKind, byTree, setByTree }: KindChipsProps) {
  const counts = countKinds(reviews);
  const shown = KINDS.filter(([name]) => name === "all" || counts[name] > 0 || name === kind);
  return (
    <fieldset className="flex gap-1 overflow-x-auto [scrollbar-width:none] phone:order-3 phone:flex-[1_0_100%]">
      <legend className="sr-only">Show</legend>
      {shown.map(([name, word]) => (
        <button
          key={name}
          type="button"
          className={chipLook(kind === name)}
          aria-pressed={kind === name}
          onClick={() => setKind(name)}
        >
          {word} <span className="text-ink-3">{name === "all" ? total : counts[name]}</span>
        </button>
      ))}
      <button type="button" className={chipLook(byTree)} aria-pressed={byTree} onClick={() => setByTree(!byTree)}>
        By tree
      </button>
    </fieldset>
  );
}
