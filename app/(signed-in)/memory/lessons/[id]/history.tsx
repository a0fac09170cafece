import { Clock } from "@/components/ui/time";
import type { LessonDetail } from "@/core/shapes/memory";
import { withoutDisguise } from "@/core/words/visible";

/** What happened to a lesson, oldest first. */
export function History({ lesson: { history } }: { lesson: LessonDetail }) {
  return (
    <ul className="*:border-b *:border-line">
      {history.map(({ at, what, sentence }) => (
        <li key={`${at} ${what} ${sentence}`} className="grid grid-cols-[112px_minmax(0,1fr)] gap-x-3 py-1.5">
          <span className="text-ink-2">
            <Clock at={at} />
          </span>
          <span className="wrap-anywhere">{withoutDisguise(sentence)}</span>
        </li>
      ))}
    </ul>
  );
}
