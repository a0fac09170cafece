import { Section } from "@/components/ui/page/section";
import { MOST_SHOWN, MOST_SHOWN_CHARS } from "@/core/shapes/memory";
import { exactCount, plural } from "@/core/words/figures";
import { Pairs } from "../parts/pairs";

const ROWS: [string, string][] = [
  ["Counted", "only by commands and criteria that the host ran"],
  ["Not counted", "what a model says of itself; stopped goals; forks and retries a second time"],
  [
    "Shown",
    `at most ${plural(MOST_SHOWN, "lesson")} and ${exactCount(MOST_SHOWN_CHARS)} characters in a task, named in its log`,
  ],
  ["Fades", "half of a count’s weight in 30 days"],
];

export function WhyItBelieves() {
  return (
    <Section id="why" title="Why it believes so">
      <Pairs rows={ROWS} />
    </Section>
  );
}
