"use client";

import { useState } from "react";
import { operate } from "@/app/operate";
import { refreshPage } from "@/components/refresh/refresh-page";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { usePressKeys } from "@/components/ui/hooks/use-press-keys";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { lazily } from "@/components/ui/page/lazily";
import { Button } from "@/components/ui/parts";
import type { LessonDetail } from "@/core/shapes/memory";

const EditDialog = lazily(() => import("./edit-dialog").then((file) => file.EditDialog));
const MergeDialog = lazily(() => import("./merge-dialog").then((file) => file.MergeDialog));
const ReasonDialog = lazily(() => import("@/components/memory/reason-dialog").then((file) => file.ReasonDialog));

/** What a person may do with a lesson. */
export function LessonActs({ lesson }: { lesson: LessonDetail }) {
  const { id, status, faults, twins } = lesson;
  const { pending, outcome, run, say } = useAction();
  const [open, setOpen] = useState<"edit" | "merge" | "retire" | null>(null);
  usePressKeys("e");
  const close = () => setOpen(null);
  const done = (result: Outcome) => {
    say(result);
    if (result.ok) refreshPage();
  };
  const approve = () => run(() => operate("approveLesson", { id }), done);
  return (
    <>
      <div className="mt-2 flex flex-wrap items-center gap-2">
        <Button hint="e" data-key="e" onClick={() => setOpen("edit")}>
          Edit
        </Button>
        {status !== "live" && faults.length === 0 ? (
          <Button disabled={pending} onClick={approve}>
            {status === "retired" ? "Restore" : "Approve"}
          </Button>
        ) : null}
        {twins.length > 0 && status !== "retired" ? (
          <Button look="quiet" onClick={() => setOpen("merge")}>
            Merge with a twin…
          </Button>
        ) : null}
        {status === "retired" ? null : (
          <Button look="quiet" onClick={() => setOpen("retire")}>
            {status === "candidate" ? "Reject…" : "Retire…"}
          </Button>
        )}
      </div>
      <OutcomeLine outcome={outcome} />
      {open === "edit" ? <EditDialog lesson={lesson} onClosed={close} onDone={done} /> : null}
      {open === "merge" ? <MergeDialog lesson={lesson} onClosed={close} onDone={done} /> : null}
      {open === "retire" ? (
        <ReasonDialog
          title={status === "candidate" ? "Reject this candidate?" : "Retire this lesson?"}
          button={status === "candidate" ? "Reject" : "Retire"}
          act={(why) => operate("retireLesson", { id, why })}
          onClosed={close}
          onDone={done}
        >
          No task is shown it any more. It stays in the list, and can be restored.
        </ReasonDialog>
      ) : null}
    </>
  );
}
