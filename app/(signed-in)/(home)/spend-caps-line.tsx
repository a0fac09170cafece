"use client";

import { useState } from "react";
import { refreshPage } from "@/components/refresh/refresh-page";
import { Hint } from "@/components/ui/hint";
import { lazily } from "@/components/ui/page/lazily";
import type { SpendCaps } from "@/core/shapes/status";
import { spendCapsSentence } from "@/core/words/spending/spend-caps";

const CapsForm = lazily(() => import("./caps-form").then((file) => file.CapsForm));

interface SpendCapsLineProps {
  caps: SpendCaps;
  mayChange: boolean;
}

/** One line about the caps on money, with a form for admins. Users who cannot change them see caps only. */
export function SpendCapsLine({ caps: given, mayChange }: SpendCapsLineProps) {
  const [isOpen, setOpen] = useState(false);
  // The page's status is older than what was just saved.
  const [saved, setSaved] = useState<{ over: SpendCaps; caps: SpendCaps } | null>(null);
  const caps = saved?.over === given ? saved.caps : given;
  if (!mayChange && caps.day_usd === null && caps.tree_usd === null) return null;

  function finish(next: Partial<SpendCaps>): void {
    setOpen(false);
    setSaved({ over: given, caps: { ...caps, ...next } });
    refreshPage();
  }
  return (
    // Counts as a card, so that the card below keeps its distance.
    <div className="mt-3 min-w-0" data-caps data-card>
      <Hint className="mt-0!">
        {spendCapsSentence(caps)}{" "}
        {mayChange && !isOpen ? (
          <button type="button" className="link" onClick={() => setOpen(true)}>
            Change<span className="sr-only"> the caps</span>
          </button>
        ) : null}
      </Hint>
      {isOpen ? <CapsForm caps={caps} onSaved={finish} cancel={() => setOpen(false)} /> : null}
    </div>
  );
}
