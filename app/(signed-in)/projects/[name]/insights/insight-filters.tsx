import Link from "next/link";
import { chipLook } from "@/components/ui/chip-look";
import { FindField } from "@/components/ui/find-field";
import { INSIGHT_STATES, KINDS, type ProjectInsight } from "@/core/shapes/insights";
import { KIND_WORDS } from "@/core/words/insights/insights";
import { STATE_WORDS } from "@/core/words/insights/task";
import { addressOf, type InsightsAsked, MOST_TEXT } from "./address";

interface InsightFiltersProps {
  project: string;
  asked: InsightsAsked;
  /** Those that have the words. */
  items: readonly ProjectInsight[];
}

/** Filters by words, state and kind. */
export function InsightFilters({ project, asked, items }: InsightFiltersProps) {
  const ofState = items.filter(({ state }) => state === asked.state);
  const count = (kind: string) => ofState.filter((one) => one.kind === kind).length;
  return (
    <div className="grid gap-2 border-line border-b px-6 py-2 phone:px-4">
      <form className="flex" action={`/projects/${project}/insights`}>
        {asked.state === "open" ? null : <input type="hidden" name="state" value={asked.state} />}
        {asked.kind === null ? null : <input type="hidden" name="kind" value={asked.kind} />}
        <FindField
          key={asked.text}
          room="wide"
          name="text"
          defaultValue={asked.text}
          maxLength={MOST_TEXT}
          aria-label="Find an insight"
          placeholder="Words of its title, file or id"
          data-find
        />
      </form>
      <nav className="flex flex-wrap gap-1" aria-label="State">
        {INSIGHT_STATES.filter((one) => one !== "planned" || items.some(({ state }) => state === one)).map((one) => (
          <Chip
            key={one}
            to={addressOf(project, asked, { state: one, kind: null })}
            isOn={asked.state === one}
            word={STATE_WORDS[one]}
            count={items.filter(({ state }) => state === one).length}
          />
        ))}
      </nav>
      <nav className="flex flex-wrap gap-1" aria-label="Kind">
        <Chip
          to={addressOf(project, asked, { kind: null })}
          isOn={asked.kind === null}
          word="All kinds"
          count={ofState.length}
        />
        {KINDS.filter((one) => count(one) > 0 || asked.kind === one).map((one) => (
          <Chip
            key={one}
            to={addressOf(project, asked, { kind: one })}
            isOn={asked.kind === one}
            word={KIND_WORDS[one]}
            count={count(one)}
          />
        ))}
      </nav>
    </div>
  );
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
