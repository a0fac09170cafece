import Link from "next/link";
import { KindIcon } from "@/components/memory/kind-icon";
import { Bar } from "@/components/ui/parts";
import { RowKeys } from "@/components/ui/row-keys";
import { LEAST_CONFIDENCE, LEAST_OF_APPROACH, type Lesson, type LessonList as Listed } from "@/core/shapes/memory";
import { scopeText, statusText, titleOf } from "@/core/words/lessons";
import { withoutDisguise } from "@/core/words/visible";
import { addressOf, LESSONS_A_PAGE, type LessonsAsked } from "./address";

const GRID =
  "grid grid-cols-[16px_minmax(0,1fr)_96px_92px_104px] items-center gap-x-3 phone:grid-cols-[16px_minmax(0,1fr)_auto]";

interface LessonListProps {
  asked: LessonsAsked;
  list: Listed;
  /** The lesson that is open beside the list. */
  selected?: string;
}

/** Lessons, most shown first; for a search by words, best match first. */
export function LessonList({ asked, list, selected }: LessonListProps) {
  const items = list.items.slice(0, LESSONS_A_PAGE);
  if (items.length === 0) return <Empty asked={asked} />;
  const { after } = asked;
  return (
    <section aria-label="Lessons">
      <RowKeys />
      <div aria-hidden className={`${GRID} border-b border-line pb-1.5 text-small font-medium text-ink-3 phone:hidden`}>
        <span />
        <span>Advice and where it applies</span>
        <span>Shown, +, −</span>
        <span>Confidence</span>
        <span>Status</span>
      </div>
      <ul className="*:border-b *:border-line">
        {items.map((lesson) => (
          <li key={lesson.id}>
            <Row lesson={lesson} to={addressOf(asked, {}, lesson.id)} isOpen={lesson.id === selected} />
          </li>
        ))}
      </ul>
      <p className="mt-2 text-small text-ink-3">
        Shown from confidence {LEAST_CONFIDENCE.toFixed(2)}; an approach from {LEAST_OF_APPROACH.toFixed(2)}. Harmed 3
        times and more often than helped: retired by itself.
      </p>
      <p className="mt-3 flex flex-wrap gap-4 empty:hidden">
        {after > 0 ? (
          <Link className="link" href={addressOf(asked)}>
            First page
          </Link>
        ) : null}
        {list.items.length > LESSONS_A_PAGE ? (
          <Link className="link" href={addressOf(asked, { after: after + LESSONS_A_PAGE })}>
            Next page
          </Link>
        ) : null}
      </p>
    </section>
  );
}

function Empty({ asked: { status, kind, text, of } }: { asked: LessonsAsked }) {
  if (status === null && kind === null && text === "" && of === null)
    return (
      <p className="py-2 text-ink-2">
        No lesson yet. The host makes one when an error goes away right after a round of a goal and stays away.
      </p>
    );
  return (
    <p className="py-2 text-ink-2">
      No lesson matches.{" "}
      <Link className="link" href="/memory/lessons">
        Show all
      </Link>
    </p>
  );
}

function Row({ lesson, to, isOpen }: { lesson: Lesson; to: string; isOpen: boolean }) {
  const { kind, trigger, status, shown, helped, harmed, confidence } = lesson;
  const isLive = status === "live";
  return (
    <Link
      className={`${GRID} -mx-2 min-h-12 rounded-sm px-2 py-1.5 hover:bg-hover aria-[current]:bg-selected`}
      href={to}
      aria-current={isOpen ? "true" : undefined}
      data-row
      data-lesson={lesson.id}
      prefetch={false}
    >
      <KindIcon kind={kind} isLabelled />
      <span className="min-w-0">
        <span className={`block truncate ${isLive ? "font-medium" : "text-ink-2"}`}>
          {withoutDisguise(titleOf(lesson))}
        </span>
        <span className="block truncate text-small text-ink-3">
          {scopeText(lesson)} · {withoutDisguise(trigger)}
        </span>
        <span className="hidden text-small text-ink-2 phone:block">{statusText(lesson)}</span>
      </span>
      <span className="whitespace-nowrap tabular-nums">
        <span className="sr-only">{`shown ${shown}, helped ${helped}, harmed ${harmed}`}</span>
        <span aria-hidden>
          {shown} <b>{helped}</b> <span className="text-ink-3">+</span> <b>{harmed}</b>{" "}
          <span className="text-ink-3">−</span>
        </span>
      </span>
      <span className="whitespace-nowrap tabular-nums phone:hidden">
        {helped + harmed === 0 ? (
          <span className="text-ink-3">none yet</span>
        ) : (
          <>
            <b>{confidence.toFixed(2)}</b> <Bar share={confidence} aria-hidden />
          </>
        )}
      </span>
      <span className="text-small text-ink-2 phone:hidden">{statusText(lesson)}</span>
    </Link>
  );
}
