import Link from "next/link";
import { KindIcon } from "@/components/memory/kind-icon";
import type { LessonAnswer } from "@/core/shapes/lesson-graph";
import { countsSentence, statusText, titleOf } from "@/core/words/lessons";
import { withoutDisguise } from "@/core/words/visible";
import { graphAddress } from "../lessons/address";

interface AnswerProps {
  answer: LessonAnswer;
  /** Id of the lesson in the middle of the graph. */
  selected: string | undefined;
}

/** The answer to a question: one sentence, then the lessons with their counts and why each was found. */
export function Answer({ answer: { question, sentence, items }, selected }: AnswerProps) {
  return (
    <section className="mb-6" aria-label="Answer" data-answered>
      <p className="max-w-170 font-medium wrap-anywhere">{withoutDisguise(sentence)}</p>
      {items.length === 0 ? null : (
        <ol className="mt-1.5 *:border-b *:border-line">
          {items.map(({ lesson, why }) => (
            <li key={lesson.id}>
              <Link
                className="-mx-2 grid min-h-11 grid-cols-[16px_minmax(0,1fr)] gap-x-3 rounded-sm px-2 py-1.5 hover:bg-hover aria-[current]:bg-selected"
                href={graphAddress({ lesson: lesson.id, question })}
                aria-current={lesson.id === selected ? "true" : undefined}
                data-row
                data-answer-lesson={lesson.id}
                prefetch={false}
                scroll={false}
              >
                <KindIcon kind={lesson.kind} isLabelled />
                <span className="min-w-0">
                  <span className="block truncate font-medium">{withoutDisguise(titleOf(lesson))}</span>
                  <span className="block text-small text-ink-2">
                    {statusText(lesson)}. {countsSentence(lesson)}
                  </span>
                  <span className="block text-small wrap-anywhere text-ink-3">{withoutDisguise(why)}</span>
                </span>
              </Link>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
