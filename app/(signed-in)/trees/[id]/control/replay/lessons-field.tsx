"use client";

import type { ForkStart } from "@/core/shapes/forks";
import { plural } from "@/core/words/figures";
import { ChosenLessons } from "./chosen-lessons";
import type { ReplayDraft } from "./replay-draft";
import type { ReplayProps } from "./replay-props";

const CHOICES: readonly (readonly [Exclude<ReplayDraft["lessons"], "same">, string])[] = [
  ["with", "Those that fit"],
  ["without", "None"],
  ["only", "Only these…"],
];

interface LessonsFieldProps extends ReplayProps {
  start: ForkStart | null;
  /** Whether the person may try a lesson that nobody has approved. */
  mayConfigure: boolean;
}

/** The lessons that the tasks of the fork are shown. */
export function LessonsField({ draft, change, form, start, mayConfigure }: LessonsFieldProps) {
  return (
    <>
      <label htmlFor={form.idOf("lessons")}>Lessons</label>
      <div className="min-w-0">
        <select
          {...form.register("lessons")}
          value={draft.lessons}
          onChange={({ target }) => change({ ...draft, lessons: target.value as ReplayDraft["lessons"] })}
        >
          <option value="same">As in this tree{start ? ` (${wordsOf(start.lessons)})` : ""}</option>
          {CHOICES.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
        {form.fault("lessons")}
        {draft.lessons === "only" ? (
          <ChosenLessons
            chosen={draft.chosen}
            change={(chosen) => change({ ...draft, chosen })}
            mayConfigure={mayConfigure}
          />
        ) : null}
      </div>
    </>
  );
}

function wordsOf(lessons: ForkStart["lessons"]): string {
  if (lessons === "without") return "none";
  return lessons === "with" ? "those that fit" : `only ${plural(lessons.length, "lesson")}`;
}
