import Link from "next/link";
import { Advice } from "@/components/memory/advice";
import { KindIcon } from "@/components/memory/kind-icon";
import { Separator } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import type { LessonDetail } from "@/core/shapes/memory";
import { KIND_WORDS, MAKER_SENTENCES, REASON_SENTENCES, scopeText, titleOf } from "@/core/words/lessons";
import { withoutDisguise } from "@/core/words/visible";
import { Faults } from "../parts/faults";
import { CandidateActs } from "./candidate-acts";

interface CandidateProps {
  lesson: LessonDetail;
  mayDecide: boolean;
  /** The keys act on the first candidate. */
  isFirst: boolean;
}

/** Why a lesson is a candidate, where it comes from, what it says, and what a person can decide. */
export function Candidate({ lesson, mayDecide, isFirst }: CandidateProps) {
  const { id, kind, reason, made_by, created_at, advice, trigger, faults } = lesson;
  return (
    <li className="grid grid-cols-[16px_minmax(0,1fr)] gap-x-3 py-3" data-candidate={id}>
      <span className="mt-0.5 text-wait-mark">
        <KindIcon kind={kind} />
      </span>
      <div className="min-w-0">
        <p className="flex flex-wrap items-baseline gap-x-1.5 text-small">
          <b className="font-medium">{KIND_WORDS[kind]}</b>
          <span className="text-ink-2">{scopeText(lesson)}</span>
          <span className="ml-auto text-ink-3">
            <Clock at={created_at} />
          </span>
        </p>
        <h3 className="wrap-anywhere">
          <Link className="hover:underline" href={`/memory/lessons/${id}`}>
            {withoutDisguise(titleOf(lesson))}
          </Link>
        </h3>
        <p className="text-ink-2">
          {reason ? REASON_SENTENCES[reason] : "Candidate."} <Source lesson={lesson} made_by={made_by} />
        </p>
        <Advice text={advice} className="mt-2" />
        <p className="mt-1 text-small wrap-anywhere text-ink-3">
          Applies when the task or its error has: {withoutDisguise(trigger)}
        </p>
        <Faults faults={faults} />
        {mayDecide ? <CandidateActs lesson={lesson} isFirst={isFirst} /> : null}
      </div>
    </li>
  );
}

function Source({ lesson: { sources, twins }, made_by }: { lesson: LessonDetail; made_by: LessonDetail["made_by"] }) {
  const [source] = sources;
  return (
    <>
      {MAKER_SENTENCES[made_by]}
      {source?.tree_title ? (
        <>
          {" "}
          From{" "}
          <Link className="link" href={`/trees/${source.tree}`} prefetch={false}>
            {withoutDisguise(source.tree_title)}
          </Link>
          .
        </>
      ) : null}
      {twins[0] ? (
        <>
          <Separator />
          <Link className="link" href={`/memory/lessons/${twins[0].id}`} prefetch={false}>
            A lesson says nearly the same
          </Link>
        </>
      ) : null}
    </>
  );
}
