"use client";

import type { Review } from "@/agents/core/shapes";
import { countKinds, type KindFilter } from "./queue-rows";

const KINDS: [KindFilter, string][] = [
  ["all", "All"],
  ["change", "Changes"],
  ["proposal", "Proposals"],
  ["approval", "Approvals"],
  ["question", "Questions"],
  ["flag", "Flags"],
];

interface KindChipsProps {
  reviews: readonly Review[];
  kind: KindFilter;
  setKind: (kind: KindFilter) => void;
  byTree: boolean;
  setByTree: (on: boolean) => void;
}

export function KindChips({ reviews, kind, setKind, byTree, setByTree }: KindChipsProps) {
  const counts = countKinds(reviews);
  const shown = KINDS.filter(([name]) => name === "all" || counts[name] > 0 || name === kind);
  return (
    <fieldset className="chips">
      <legend className="sr">Show</legend>
      {shown.map(([name, word]) => (
        <button key={name} type="button" className="chip" aria-pressed={kind === name} onClick={() => setKind(name)}>
          {word} <span className="faint">{counts[name]}</span>
        </button>
      ))}
      <button type="button" className="chip" aria-pressed={byTree} onClick={() => setByTree(!byTree)}>
        By tree
      </button>
    </fieldset>
  );
}
