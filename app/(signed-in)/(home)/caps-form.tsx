"use client";

import { type FormEvent, useState } from "react";
import { Hint } from "@/components/ui/hint";
import { Button } from "@/components/ui/parts";
import type { SpendCaps } from "@/core/shapes/shapes";

interface CapsFormProps {
  caps: SpendCaps;
  pending: boolean;
  save: (next: Partial<SpendCaps>) => void;
  cancel: () => void;
}

/** Form that changes the caps on money. */
export function CapsForm({ caps, pending, save, cancel }: CapsFormProps) {
  const [day, setDay] = useState(textOf(caps.day_usd));
  const [tree, setTree] = useState(textOf(caps.tree_usd));
  const isFixed = caps.day_setting !== null;
  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    // It stands inside the page, not inside the form of a new task; its Enter key saves the caps only.
    event.stopPropagation();
    save({ ...(!isFixed && { day_usd: usdOf(day) }), tree_usd: usdOf(tree) });
  }
  return (
    <form className="mt-1 flex flex-wrap items-end gap-2" aria-label="Caps on spending" onSubmit={onSubmit}>
      <Amount label="All trees, a day" value={day} change={setDay} isFixed={isFixed} />
      <Amount label="One tree" value={tree} change={setTree} />
      <Button type="submit" disabled={pending}>
        Save
      </Button>
      <Button look="quiet" onClick={cancel}>
        Cancel
      </Button>
      <Hint className="mt-0! w-full">
        {isFixed ? `${caps.day_setting} sets the daily cap. ` : ""}In dollars. Empty means no cap.
      </Hint>
    </form>
  );
}

interface AmountProps {
  label: string;
  value: string;
  change: (value: string) => void;
  isFixed?: boolean;
}

function Amount({ label, value, change, isFixed = false }: AmountProps) {
  return (
    <label className="w-24 min-w-0 text-small text-ink-2">
      <span className="block">{label}</span>
      <input
        type="text"
        inputMode="decimal"
        autoComplete="off"
        placeholder="no cap"
        value={value}
        disabled={isFixed}
        onChange={(event) => change(event.target.value)}
      />
    </label>
  );
}

function textOf(usd: number | null): string {
  return usd === null ? "" : String(usd);
}

/** Returns null for an empty field. The server refuses text that is no amount. */
function usdOf(text: string): number | null {
  const plain = text.replace(/[$\s,_]/g, "");
  return plain === "" ? null : Number(plain);
}
