"use client";

import { useState } from "react";
import { operate } from "@/app/operate";
import { refreshPage } from "@/components/refresh/refresh-page";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { usePressKeys } from "@/components/ui/hooks/use-press-keys";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { lazily } from "@/components/ui/page/lazily";
import { Button } from "@/components/ui/parts";
import type { Lesson } from "@/core/shapes/memory";
import { scopeText } from "@/core/words/lessons";

const EditDialog = lazily(() => import("../lessons/acts/edit-dialog").then((file) => file.EditDialog));
const ReasonDialog = lazily(() => import("@/components/memory/reason-dialog").then((file) => file.ReasonDialog));

/** Approves a candidate for its place or everywhere, after a change, or rejects it. A candidate that breaks a rule has no Approve. */
export function CandidateActs({ lesson, isFirst }: { lesson: Lesson; isFirst: boolean }) {
  const { id, scope, faults } = lesson;
  const { pending, outcome, run, say } = useAction();
  const [open, setOpen] = useState<"edit" | "reject" | null>(null);
  usePressKeys(isFirst ? "aer" : "");
  const keyOf = (key: string) => (isFirst ? { hint: key, "data-key": key } : {});
  const close = () => setOpen(null);
  const done = (result: Outcome) => {
    say(result);
    if (result.ok) refreshPage();
  };
  const mayApprove = faults.length === 0;
  const approve = (everywhere: boolean) =>
    run(() => operate("approveLesson", { id, ...(everywhere && { scope: "everywhere" as const, place: null }) }), done);
  return (
    <>
      <div className="mt-2 flex flex-wrap items-center gap-2" data-say>
        {mayApprove ? (
          <>
            <Button
              {...keyOf("a")}
              look={isFirst ? "primary" : "plain"}
              disabled={pending}
              onClick={() => approve(false)}
            >
              {scope === "everywhere" ? "Approve everywhere" : `Approve for ${scopeText(lesson)}`}
            </Button>
            {scope === "everywhere" ? null : (
              <Button disabled={pending} onClick={() => approve(true)}>
                Approve everywhere
              </Button>
            )}
            <Button {...keyOf("e")} onClick={() => setOpen("edit")}>
              Edit and approve
            </Button>
          </>
        ) : null}
        <Button {...keyOf("r")} look={mayApprove ? "quiet" : "plain"} onClick={() => setOpen("reject")}>
          Reject…
        </Button>
      </div>
      <OutcomeLine outcome={outcome} />
      {open === "edit" ? <EditDialog lesson={lesson} approves onClosed={close} onDone={done} /> : null}
      {open === "reject" ? (
        <ReasonDialog
          title="Reject this candidate?"
          button="Reject"
          act={(why) => operate("retireLesson", { id, why })}
          onClosed={close}
          onDone={done}
        >
          No task is shown it. It stays in the list as retired, and can be restored.
        </ReasonDialog>
      ) : null}
    </>
  );
}
