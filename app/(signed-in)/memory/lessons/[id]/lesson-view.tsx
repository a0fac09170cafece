import type { ReactNode } from "react";
import { Advice } from "@/components/memory/advice";
import { KindIcon } from "@/components/memory/kind-icon";
import { Separator } from "@/components/ui/parts";
import { StatusWord } from "@/components/ui/status";
import { Clock } from "@/components/ui/time";
import type { LessonDetail } from "@/core/shapes/memory";
import { plural } from "@/core/words/figures";
import {
  confidenceTitle,
  countsSentence,
  KIND_WORDS,
  REASON_SENTENCES,
  scopeText,
  statusText,
  sumText,
  titleOf,
} from "@/core/words/lessons";
import { withoutDisguise } from "@/core/words/visible";
import { Faults } from "../../parts/faults";
import { LessonActs, type LessonRights } from "../acts/lesson-acts";
import { Evidence } from "./evidence";
import { History } from "./history";

const SHAPES = { live: "succeeded", candidate: "you", retired: "stopped" } as const;

/** A lesson's advice, when it applies, and the evidence for and against it. */
export function LessonView({ lesson, may }: { lesson: LessonDetail; may: LessonRights }) {
  const { kind, place, advice, shown, last_used_at, status, reason, sum } = lesson;
  return (
    <>
      <p className="mt-2 flex flex-wrap items-center gap-x-1.5 text-small text-ink-2">
        <KindIcon kind={kind} />
        {KIND_WORDS[kind]}
        <Separator />
        <span title={place ?? undefined}>{scopeText(lesson)}</span>
      </p>
      <h2 id="lesson" className="mt-1 text-[15px]/5 wrap-anywhere">
        {withoutDisguise(titleOf(lesson))}
      </h2>
      <p className="mt-1 text-ink-2" data-status={status}>
        <StatusWord status={SHAPES[status]}>{statusText(lesson)}</StatusWord>
        {shown > 0 ? (
          <>
            {`, shown ${plural(shown, "time")}`}
            {last_used_at ? (
              <>
                , last counted <Clock at={last_used_at} />
              </>
            ) : null}
          </>
        ) : null}
      </p>
      {reason ? <p className="mt-1 text-ink-2">{REASON_SENTENCES[reason]}</p> : null}
      <Faults faults={lesson.faults} />
      {may.change || may.try ? <LessonActs lesson={lesson} may={may} /> : null}
      <Block title="Advice" beside="as agents read it, quoted as data">
        <Advice text={advice} />
      </Block>
      <Block title="Applies when">
        <Applies lesson={lesson} />
      </Block>
      <Block title={confidenceTitle(lesson)} beside={sumText(sum)}>
        <p className="text-ink-2">{countsSentence(lesson)}</p>
      </Block>
      <Block title="Evidence">
        <Evidence lesson={lesson} />
      </Block>
      <Block title="History">
        <History lesson={lesson} />
      </Block>
    </>
  );
}

function Block({ title, beside, children }: { title: string; beside?: string; children: ReactNode }) {
  return (
    <section className="mt-5" aria-label={title}>
      <h3>
        {title}
        {beside ? <span className="ml-2 text-small font-normal text-ink-3">{beside}</span> : null}
      </h3>
      <div className="mt-1">{children}</div>
    </section>
  );
}

function Applies({ lesson: { scope, place, trigger, signature } }: { lesson: LessonDetail }) {
  const where =
    scope === "everywhere" ? "Everywhere" : scope === "agent" ? `To the agent ${place}` : `In the repository ${place}`;
  return (
    <>
      <p className="wrap-anywhere">
        {where}, {signature === null ? "when the task is about:" : "when the error is like:"}
      </p>
      <p className="mt-1">
        <code>{withoutDisguise(trigger || (signature ?? ""))}</code>
      </p>
    </>
  );
}
