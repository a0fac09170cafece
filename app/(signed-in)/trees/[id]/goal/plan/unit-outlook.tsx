"use client";

import Link from "next/link";
import { FoldMark } from "@/components/ui/fold-mark";
import type { OpenPlan } from "@/core/shapes/plans";
import { plural } from "@/core/words/figures";
import { confidenceTitle, titleOf } from "@/core/words/lessons";
import { ifItFailsText } from "@/core/words/plans/plans";
import { withoutDisguise } from "@/core/words/visible";

interface UnitOutlookProps {
  plan: Pick<OpenPlan, "units" | "lessons" | "is_without_lessons">;
  number: number;
}

/** What a unit that has not ended leads to when it fails, and the lessons that it would be shown. */
export function UnitOutlook({ plan, number }: UnitOutlookProps) {
  const lessons = plan.lessons[number - 1] ?? [];
  const isPlanned = plan.units[number - 1]?.state === "planned";
  return (
    <details className="group">
      <summary className="flex min-h-6 cursor-pointer list-none items-center gap-1 text-small text-ink-2 [&::-webkit-details-marker]:hidden">
        <FoldMark />
        If it fails{lessons.length > 0 ? `; ${plural(lessons.length, "lesson")}` : ""}
      </summary>
      <div className="grid gap-1 pb-1 pl-4 text-small text-ink-2">
        <p>{ifItFailsText(plan.units, number)}</p>
        {isPlanned ? (
          lessons.length === 0 ? (
            <p>Memory: {plan.is_without_lessons ? "this goal runs without lessons." : "no lesson fits it now."}</p>
          ) : (
            <>
              <p>Memory: it would be shown now</p>
              <ul className="list-disc pl-4">
                {lessons.map((lesson) => (
                  <li key={lesson.id} className="wrap-anywhere">
                    <Link className="link inline" href={`/memory/lessons/${lesson.id}`} prefetch={false}>
                      {withoutDisguise(titleOf(lesson))}
                    </Link>{" "}
                    ({confidenceTitle(lesson).toLowerCase()})
                  </li>
                ))}
              </ul>
            </>
          )
        ) : null}
      </div>
    </details>
  );
}
