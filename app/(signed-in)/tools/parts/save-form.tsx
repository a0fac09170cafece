"use client";

import { type ReactNode, useState } from "react";
import type { ActionResult } from "@/app/act";
import { refreshPage } from "@/components/refresh/refresh-page";
import { Hint } from "@/components/ui/hint";
import { Button } from "@/components/ui/parts";
import { Saved } from "./saved";

interface SaveFormProps {
  save: () => Promise<ActionResult>;
  /** What the button does, such as “Add 3 skills”. */
  action: string;
  maySave: boolean;
  onBack: () => void;
  onClose: () => void;
  children: ReactNode;
}

/** The second step of adding an API or an agent: what was read is completed and saved. */
export function SaveForm({ save, action, maySave, onBack, onClose, children }: SaveFormProps) {
  const [said, setSaid] = useState<ActionResult | null>(null);
  const [isSaving, setSaving] = useState(false);

  async function submit(): Promise<void> {
    setSaving(true);
    const done = await save().catch(() => null);
    setSaving(false);
    setSaid(done ?? { ok: false, sentence: "The server did not answer. Try again." });
    if (done?.ok) refreshPage();
  }
  if (said?.ok) return <Saved sentence={said.sentence} onClose={onClose} />;
  return (
    <form
      className="stack mt-3"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {children}
      {said ? (
        <Hint isBad role="alert">
          {said.sentence}
        </Hint>
      ) : null}
      <div className="flex flex-wrap items-center gap-2">
        <Button look="primary" type="submit" disabled={isSaving || !maySave}>
          {action}
        </Button>
        <Button onClick={onBack}>Back</Button>
        <Button look="quiet" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
