import Link from "next/link";
import { chipLook } from "@/components/ui/chip-look";
import { FindField } from "@/components/ui/find-field";
import { Icon } from "@/components/ui/icon";
import { LESSON_KINDS, LESSON_STATUSES, type LessonList } from "@/core/shapes/memory";
import { KIND_PLURALS, placeName, STATUS_WORDS } from "@/core/words/lessons";
import { withoutDisguise } from "@/core/words/visible";
import { addressOf, type Belonging, EVERYWHERE, type LessonsAsked } from "./address";

interface LessonFiltersProps {
  asked: LessonsAsked;
  list: LessonList;
}

/** Filters in the address, so that people can share a link to a list. */
export function LessonFilters({ asked, list: { counts, kinds } }: LessonFiltersProps) {
  const { status, kind, text, of } = asked;
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const ofStatus = Object.values(kinds).reduce((sum, count) => sum + count, 0);
  return (
    <div className="mb-3 flex flex-wrap items-center gap-x-4 gap-y-2">
      <form action="/memory/lessons" className="contents">
        {status ? <input type="hidden" name="status" value={status} /> : null}
        {kind ? <input type="hidden" name="kind" value={kind} /> : null}
        {of ? <input type="hidden" name={of.by} value={of.name} /> : null}
        <FindField
          key={text}
          room="fixed"
          name="text"
          defaultValue={text}
          aria-label="Find a lesson"
          placeholder="Words of its advice or its error"
          data-find
        />
      </form>
      {of ? (
        <Link
          className={chipLook(true, "min-w-0 max-w-full")}
          href={addressOf(asked, { of: null })}
          title={withoutDisguise(of.name)}
          prefetch={false}
        >
          <span className="sr-only">Remove the filter: </span>
          <span className="truncate">{belongingText(of)}</span>
          <Icon name="x" className="size-3 flex-none" />
        </Link>
      ) : null}
      <nav className="flex flex-wrap gap-1" aria-label="Status">
        <Chip to={addressOf(asked, { status: null })} isOn={status === null} word="All" count={all} />
        {LESSON_STATUSES.map((one) => (
          <Chip
            key={one}
            to={addressOf(asked, { status: one })}
            isOn={status === one}
            word={STATUS_WORDS[one]}
            count={counts[one]}
          />
        ))}
      </nav>
      <nav className="flex flex-wrap gap-1" aria-label="Kind">
        <Chip to={addressOf(asked, { kind: null })} isOn={kind === null} word="All kinds" count={ofStatus} />
        {LESSON_KINDS.filter((one) => kinds[one] > 0 || kind === one).map((one) => (
          <Chip
            key={one}
            to={addressOf(asked, { kind: one })}
            isOn={kind === one}
            word={KIND_PLURALS[one]}
            count={kinds[one]}
          />
        ))}
      </nav>
    </div>
  );
}

function belongingText({ by, name }: Belonging): string {
  if (by === "error") return `For the error “${withoutDisguise(name)}”`;
  if (by === "agent") return `Where ${withoutDisguise(name)} worked`;
  return name === EVERYWHERE ? "Apply everywhere" : `Apply in ${withoutDisguise(placeName(name))}`;
}

interface ChipProps {
  to: string;
  isOn: boolean;
  word: string;
  count: number;
}

function Chip({ to, isOn, word, count }: ChipProps) {
  return (
    <Link className={chipLook(isOn)} href={to} aria-current={isOn ? "true" : undefined} prefetch={false}>
      {word} <span className="font-normal text-ink-3">{count}</span>
    </Link>
  );
}
