"use client";

import Link from "next/link";
import { useState } from "react";
import { operate } from "@/app/operate";
import { KindIcon } from "@/components/memory/kind-icon";
import { ReasonDialog } from "@/components/memory/reason-dialog";
import { buttonLook } from "@/components/ui/button-look";
import { useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { useRights } from "@/components/ui/rights";
import type { ShownLesson } from "@/core/log/lessons";
import type { LessonOfTask } from "@/core/shapes/memory";
import { outcomeSentence, titleOf, whySentence } from "@/core/words/lessons";
import { withoutDisguise } from "@/core/words/visible";
import { useLoaded } from "../files/use-loaded";
import { useLogPlace } from "./log-place";

/** The lessons that a task was shown: why, what came of each, and what a person says of it. */
export function ShownLessons({ lessons }: { lessons: readonly ShownLesson[] }) {
  const task = useLogPlace()?.taskId ?? null;
  const [said, setSaid] = useState(0);
  const { body } = useLoaded(task === null ? null : `tasks/${task}/lessons`, String(said));
  return (
    <ul className="mt-1 grid gap-2" aria-label="Lessons shown">
      {lessons.map((shown) => (
        <Shown
          key={shown.lesson}
          shown={shown}
          known={body?.items.find(({ id }) => id === shown.lesson) ?? null}
          task={task}
          again={() => setSaid((count) => count + 1)}
        />
      ))}
    </ul>
  );
}

interface ShownProps {
  shown: ShownLesson;
  /** What memory knows of it; null while that loads, and until memory has read this part of the log. */
  known: LessonOfTask | null;
  task: string | null;
  again: () => void;
}

function Shown({ shown: { lesson: id, why }, known, task, again }: ShownProps) {
  const mayChange = useRights().decide === null;
  const [isOpen, setOpen] = useState(false);
  const { outcome, say } = useAction();
  const isWrong = known?.wrong_by != null;
  return (
    <li data-shown={id}>
      <p className="wrap-anywhere">
        {known ? (
          <>
            <span className="mr-1.5 inline-block align-middle">
              <KindIcon kind={known.kind} isLabelled />
            </span>
            {withoutDisguise(titleOf(known))}{" "}
          </>
        ) : null}
        <span className="text-ink-2">{whySentence(why)}</span>
      </p>
      {known ? <p className="text-ink-2">{outcomeSentence(known)}</p> : null}
      <div className="mt-1 flex flex-wrap gap-2">
        {mayChange && known && task && !isWrong ? <Button onClick={() => setOpen(true)}>This was wrong…</Button> : null}
        <Link className={buttonLook("quiet")} href={`/memory/lessons/${id}`} prefetch={false}>
          Open lesson
        </Link>
      </div>
      <OutcomeLine outcome={outcome} />
      {isOpen && task ? (
        <ReasonDialog
          title="Was this lesson wrong here?"
          button="It was wrong"
          act={(reason) => operate("wrongLesson", { id, task, why: reason })}
          onClosed={() => setOpen(false)}
          onDone={(result) => {
            say(result);
            again();
          }}
        >
          It then counts as harmed in this task, whatever commands said. Three such counts, and more than those that
          speak for it, retire a lesson.
        </ReasonDialog>
      ) : null}
    </li>
  );
}
