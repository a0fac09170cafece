"use client";

import { useRef, useState } from "react";
import { useFetched } from "@/components/pickers/use-fetched";
import { FindField } from "@/components/ui/find-field";
import { Hint } from "@/components/ui/hint";
import type { Lesson } from "@/core/shapes/memory";
import { STATUS_WORDS, titleOf } from "@/core/words/lessons";
import { withoutDisguise } from "@/core/words/visible";
import type { ChosenLesson } from "./replay-draft";

/** The server refuses more. */
const MOST_CHOSEN = 10;
const MOST_FOUND = 6;
const TYPING_MS = 150;

interface ChosenLessonsProps {
  chosen: readonly ChosenLesson[];
  change: (chosen: readonly ChosenLesson[]) => void;
  mayConfigure: boolean;
}

/** The lessons that are chosen, and a search for more. */
export function ChosenLessons({ chosen, change, mayConfigure }: ChosenLessonsProps) {
  const search = useRef<HTMLDivElement>(null);
  function remove(id: string): void {
    change(chosen.filter((lesson) => lesson.id !== id));
    // The button that had the focus disappears with its row.
    search.current?.querySelector("input")?.focus();
  }
  return (
    <div className="mt-2" ref={search}>
      <ul aria-label="Chosen lessons" className="empty:hidden *:border-b *:border-line">
        {chosen.map((lesson) => (
          <li key={lesson.id} className="flex items-baseline gap-2 py-1">
            <Title lesson={lesson} />
            <button type="button" className="link flex-none text-small" onClick={() => remove(lesson.id)}>
              Remove<span className="sr-only"> {titleOf(lesson)}</span>
            </button>
          </li>
        ))}
      </ul>
      {chosen.length < MOST_CHOSEN ? (
        <LessonSearch
          isOffered={(lesson) => isOffered(lesson, mayConfigure) && !chosen.some(({ id }) => id === lesson.id)}
          onlyLive={!mayConfigure}
          add={({ id, advice, status }) => change([...chosen, { id, advice, status }])}
        />
      ) : (
        <Hint>These are {MOST_CHOSEN}, the most that a fork can name.</Hint>
      )}
    </div>
  );
}

/** A candidate can be tried before somebody approves it, unless it came from outside or breaks a rule. */
function isOffered({ status, outside, faults }: Lesson, mayConfigure: boolean): boolean {
  return status === "live" || (mayConfigure && status === "candidate" && !outside && faults.length === 0);
}

interface LessonSearchProps {
  isOffered: (lesson: Lesson) => boolean;
  onlyLive: boolean;
  add: (lesson: Lesson) => void;
}

function LessonSearch({ isOffered, onlyLive, add }: LessonSearchProps) {
  const [words, setWords] = useState("");
  const text = words.trim();
  // Without words, candidates would come before the lessons that tasks are shown.
  const isLive = onlyLive || text === "";
  const query = new URLSearchParams({ ...(text && { text }), ...(isLive && { status: "live" }), limit: "50" });
  const { body, problem, isNewest } = useFetched(`lessons?${query}`, text ? TYPING_MS : 0);
  const found = (body?.items ?? []).filter(isOffered).slice(0, MOST_FOUND);
  return (
    <>
      <div className="mt-1 flex">
        <FindField
          room="wide"
          placeholder="Find a lesson by its words"
          aria-label="Find a lesson"
          value={words}
          maxLength={200}
          onChange={({ target }) => setWords(target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.metaKey || event.ctrlKey) return;
            // Enter would send the form.
            event.preventDefault();
            if (isNewest && found[0]) add(found[0]);
          }}
        />
      </div>
      <ul aria-label="Lessons to add" className="mt-1 empty:hidden">
        {found.map((lesson) => (
          <li key={lesson.id}>
            <button
              type="button"
              className="-mx-2 flex w-[calc(100%+16px)] min-w-0 items-baseline gap-2 rounded-control px-2 py-1 text-left hover:bg-hover phone:min-h-11"
              onClick={() => add(lesson)}
            >
              <Title lesson={lesson} />
              <span className="flex-none text-small text-ink-2">Add</span>
            </button>
          </li>
        ))}
      </ul>
      {problem ? <Hint isBad>{problem}</Hint> : null}
      {isNewest && found.length === 0 ? (
        <Hint role="status">{text ? "No other lesson has these words." : "There is no lesson to add."}</Hint>
      ) : null}
    </>
  );
}

function Title({ lesson }: { lesson: ChosenLesson }) {
  return (
    <span className="min-w-0 flex-auto">
      <span className="line-clamp-2 wrap-anywhere">{withoutDisguise(titleOf(lesson))}</span>
      {lesson.status === "live" ? null : (
        <span className="text-small text-ink-3">{STATUS_WORDS[lesson.status]}: nobody has approved it</span>
      )}
    </span>
  );
}
