"use client";

import Link from "next/link";
import { useEffect, useState } from "react";
import { usePolled } from "@/components/http/use-polled";
import { refreshPage } from "@/components/refresh/refresh-page";
import type { Held } from "@/components/reviews/held-decisions";
import { HeldLine, useUndoKey } from "@/components/reviews/held-line";
import { useHeldDecisions } from "@/components/reviews/use-held-decisions";
import { Hint } from "@/components/ui/hint";
import { lazily } from "@/components/ui/page/lazily";
import { SectionHead } from "@/components/ui/page/section";
import { Separator } from "@/components/ui/parts";
import { useMe } from "@/components/ui/rights";
import { Elapsed } from "@/components/ui/time";
import type { ServiceQuestion } from "@/core/shapes/services/questions";

const POLL_MS = 5_000;

/** Most services ask nothing. The server renders the question, so nobody waits for its code. */
const QuestionNeed = lazily(() =>
  import("@/app/(signed-in)/(home)/needs/question-need").then((file) => file.QuestionNeed),
);

interface ServiceQuestionsProps {
  project: string;
  start: readonly ServiceQuestion[];
}

/** What is asked while the service is specified, made or changed, with its answers. */
export function ServiceQuestions({ project, start }: ServiceQuestionsProps) {
  const { value: questions } = usePolled(`services/${encodeURIComponent(project)}/questions`, start, POLL_MS);
  const held = useHeldDecisions(useMe());
  useUndoKey(() => {});
  useShownAgain(idsOf(questions), idsOf(start));
  const open = new Set(questions.map(({ review }) => review.id));
  const asked = useAsked(open);
  // The outcome stays readable after the question has left the list. Other decisions of this browser are not of this page.
  const settled = [...held.values()].filter(({ id }) => asked.has(id) && !open.has(id));
  if (questions.length + settled.length === 0) return null;
  return (
    <section id="questions" aria-labelledby="questions-title" className="mt-4 max-w-210 scroll-mt-4">
      <SectionHead>
        <h2 id="questions-title">Needs your answer</h2>
        {questions.length > 1 ? <span className="text-ink-3">{questions.length}</span> : null}
      </SectionHead>
      <ul className="*:border-line *:border-b *:py-3">
        {questions.map((question) => (
          <OpenQuestion key={question.review.id} question={question} decided={held.get(question.review.id)} />
        ))}
        {settled.map((decided) => (
          <li key={decided.id}>
            {decided.state === "failed" ? (
              <Hint isBad role="alert" className="mt-0!">
                {decided.sentence}
              </Hint>
            ) : (
              <HeldLine decided={decided} />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** A bar marks the question that has the focus, whose answers then have keys. */
const ROW =
  "group/need relative focus-within:before:absolute focus-within:before:inset-y-3 focus-within:before:-left-3 focus-within:before:w-0.5 focus-within:before:bg-accent focus:outline-none";

interface OpenQuestionProps {
  question: ServiceQuestion;
  /** What was decided here, or could not be. */
  decided: Held | undefined;
}

function OpenQuestion({ question: { review }, decided }: OpenQuestionProps) {
  return (
    <li data-review={review.id} data-row tabIndex={-1} className={ROW}>
      {decided && decided.state !== "failed" ? (
        <HeldLine decided={decided} />
      ) : (
        <>
          <QuestionNeed review={review} failure={decided?.sentence ?? null} />
          <p className="text-ink-3 text-small">
            <Link className="link" href={`/trees/${review.tree_id}?task=${review.task_id}`} prefetch={false}>
              Open its tree
            </Link>
            <Separator />
            <Elapsed since={review.created_at} until={null} />
          </p>
        </>
      )}
    </li>
  );
}

/** Returns the ids of all questions that this page has shown. */
function useAsked(open: ReadonlySet<string>): ReadonlySet<string> {
  const [asked, setAsked] = useState(open);
  const all = new Set([...asked, ...open]);
  if (all.size > asked.size) setAsked(all);
  return all;
}

function idsOf(questions: readonly ServiceQuestion[]): string {
  return questions.map(({ review }) => review.id).join(" ");
}

/** Loads the page again when other questions are open than it was rendered with, because its steps say what waits. */
function useShownAgain(polled: string, rendered: string): void {
  useEffect(() => {
    if (polled !== rendered) refreshPage();
  }, [polled, rendered]);
}
