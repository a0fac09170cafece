import Link from "next/link";
import { Advice } from "@/components/memory/advice";
import { buttonLook } from "@/components/ui/button-look";
import { Section } from "@/components/ui/page/section";
import type { Lesson } from "@/core/shapes/memory";
import { countsSentence, KIND_WORDS, scopeText, statusText } from "@/core/words/lessons";
import { withoutDisguise } from "@/core/words/visible";

/** The lesson in the middle of the graph: its advice and its evidence. */
export function SelectedLesson({ lesson }: { lesson: Lesson }) {
  return (
    <Section
      id="selected"
      title="Selected lesson"
      beside={`${KIND_WORDS[lesson.kind]}, ${withoutDisguise(scopeText(lesson))}`}
    >
      <Advice text={lesson.advice} className="mt-2" />
      <p className="mt-2 text-ink-2">
        {statusText(lesson)}. {countsSentence(lesson)}
      </p>
      <Link className={buttonLook("plain", "mt-2")} href={`/memory/lessons/${encodeURIComponent(lesson.id)}`}>
        Open lesson
      </Link>
    </Section>
  );
}
