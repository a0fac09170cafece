"use client";

import { useState } from "react";
import { operate } from "@/app/operate";
import { refreshPage } from "@/components/refresh/refresh-page";
import { Hint } from "@/components/ui/hint";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { usePressKeys } from "@/components/ui/hooks/use-press-keys";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { lazily } from "@/components/ui/page/lazily";
import { Button } from "@/components/ui/parts";
import type { LessonDetail } from "@/core/shapes/memory";

const EditDialog = lazily(() => import("./edit-dialog").then((file) => file.EditDialog));
const MergeDialog = lazily(() => import("./merge-dialog").then((file) => file.MergeDialog));
const TryDialog = lazily(() => import("./try-dialog").then((file) => file.TryDialog));
const ReasonDialog = lazily(() => import("@/components/memory/reason-dialog").then((file) => file.ReasonDialog));

/** What the person may do with lessons. */
export interface LessonRights {
  change: boolean;
  /** Run a tree again with only the lesson. */
  try: boolean;
}

/** The acts of a lesson, as far as the person may. A candidate is tried by people who may approve it. */
export function LessonActs({ lesson, may }: { lesson: LessonDetail; may: LessonRights }) {
  const { status, faults, outside } = lesson;
  const { outcome, say } = useAction();
  const [isTrying, setTrying] = useState(false);
  const isCandidate = status === "candidate" && faults.length === 0 && may.change;
  const mayTry = may.try && (status === "live" || (isCandidate && !outside));
  return (
    <>
      <div className="mt-2 flex flex-wrap items-center gap-2">
        {may.change ? <Changes lesson={lesson} say={say} /> : null}
        {mayTry ? (
          <Button look={may.change ? "quiet" : "plain"} icon="fork" onClick={() => setTrying(true)}>
            Try it…
          </Button>
        ) : null}
      </div>
      {may.try && isCandidate && outside ? (
        <Hint>To try it in a tree, approve it first: content from outside had been read where it was made.</Hint>
      ) : null}
      <OutcomeLine outcome={outcome} />
      {isTrying ? <TryDialog lesson={lesson} onClosed={() => setTrying(false)} /> : null}
    </>
  );
}

/** The acts of a person who may change lessons. */
function Changes({ lesson, say }: { lesson: LessonDetail; say: (outcome: Outcome) => void }) {
  const { id, status, faults, twins } = lesson;
  const { pending, run } = useAction();
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
