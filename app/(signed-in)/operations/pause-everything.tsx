"use client";

import { useState } from "react";
import { lazily } from "@/components/ui/page/lazily";
import { Button } from "@/components/ui/parts";

const PauseDialog = lazily(() => import("./pause-dialog").then((file) => file.PauseDialog));

/** The kill switch. It asks for confirmation, because it stops everybody's work. */
export function PauseEverything({ running }: { running: number }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        look="danger"
        icon="power"
        title="Stops every task within 5 s. Nothing is lost."
        onClick={() => setOpen(true)}
      >
        Pause everything
      </Button>
      {isOpen ? <PauseDialog running={running} onClosed={() => setOpen(false)} /> : null}
    </>
  );
}
