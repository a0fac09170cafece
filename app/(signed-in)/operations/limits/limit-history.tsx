import { Section } from "@/components/ui/page/section";
import { Badge } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import type { LimitEvent } from "@/core/shapes/limits";
import { limitEventText } from "@/core/words/spending/limits";

/** As many as the server lists. */
const MOST_EVENTS = 50;

/** What happened at the limits, newest first. */
export function LimitHistory({ events }: { events: readonly LimitEvent[] }) {
  return (
    <Section
      id="history"
      title="History"
      beside={`${events.length < MOST_EVENTS ? "" : `newest ${MOST_EVENTS} `}of the last 30 days`}
    >
      {events.length === 0 ? (
        <p className="py-2 text-ink-2">Nothing yet: no limit was near.</p>
      ) : (
        <ul className="*:border-b *:border-line">
          {events.map((event) => (
            <li key={event.id} className="flex flex-wrap items-baseline gap-x-2 py-1" data-limit-event={event.kind}>
              <span className="min-w-0 flex-auto wrap-anywhere">{limitEventText(event)}</span>
              {event.kind === "stop" ? <Badge look="bad">Emergency stop</Badge> : null}
              <span className="text-small text-ink-3">
                <Clock at={event.at} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
