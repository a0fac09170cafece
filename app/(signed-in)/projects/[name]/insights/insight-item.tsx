import Link from "next/link";
import { Section } from "@/components/ui/page/section";
import { ScrollArea } from "@/components/ui/scroll-area";
import { FactTable } from "@/components/ui/table";
import { Clock } from "@/components/ui/time";
import { type InsightEvidence, isOfPeople, type ProjectInsight } from "@/core/shapes/insights";
import type { Project } from "@/core/shapes/projects";
import { causeWords, KIND_WORDS, placeOf } from "@/core/words/insights/insights";
import { STATE_WORDS } from "@/core/words/insights/task";
import { withoutDisguise } from "@/core/words/visible";
import { InsightActs } from "./insight-acts";

interface InsightItemProps {
  insight: ProjectInsight;
  project: Project;
  /** Address of the list, for a phone. */
  back: string;
  /** The newest cycle that dealt with it; null: none. */
  cycle: string | null;
  may: { start: boolean; evolve: boolean; dismiss: boolean };
}

/** An insight: how its score came about, what it rests on, its first lines, and what a person can do. */
export function InsightItem({ insight, project, back, cycle, may }: InsightItemProps) {
  const { id, kind, title, evidence, state, first_seen } = insight;
  const canBeGoal = !isOfPeople(kind);
  return (
    <>
      <ScrollArea className="px-6 pt-4 pb-6 phone:px-4">
        <p className="mb-2 hidden phone:block">
          <Link className="link" href={back} prefetch={false}>
            All insights
          </Link>
        </p>
        <p className="flex flex-wrap gap-x-3 text-ink-2 text-small">
          <span>{KIND_WORDS[kind]}</span>
          <span>
            first seen <Clock at={first_seen} />
          </span>
          <code>{id}</code>
        </p>
        <h2 className="wrap-anywhere mt-0.5 text-[18px]/6 font-semibold">{withoutDisguise(title)}</h2>
        <p className="wrap-anywhere mt-0.5 text-ink-2">
          <code>{withoutDisguise(placeOf(insight))}</code> · found by a program, no model
        </p>
        {state === "open" ? null : <State insight={insight} project={project.name} cycle={cycle} />}
        <Score insight={insight} />
        <div className="mt-5 grid grid-cols-2 gap-x-8 gap-y-5 narrow:grid-cols-1">
          <Section id="evidence" title="Evidence">
            <FactTable columns={["What", "Measured", "Note"]} stacks>
              {evidence.facts.map(({ name, value, note }) => (
                <tr key={name}>
                  <td>{name}</td>
                  <td className="wrap-anywhere">{withoutDisguise(value)}</td>
                  <td className="text-ink-2">{withoutDisguise(note)}</td>
                </tr>
              ))}
            </FactTable>
          </Section>
          <Section id="follows" title="What follows" className="mt-0!">
            <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5 py-2 [&_dt]:font-medium">
              {canBeGoal ? (
                <>
                  <dt>Goal</dt>
                  <dd>A cycle deals with it, is judged, and its change waits for you.</dd>
                </>
              ) : null}
              <dt>Task</dt>
              <dd>One task in {project.name}, whose text quotes this insight. You can change it before it starts.</dd>
              <dt>Dismiss</dt>
              <dd>Not offered again until its score has risen by a fifth. Needs a reason.</dd>
            </dl>
          </Section>
        </div>
        <Quote insight={insight} />
        <Places places={evidence.places} />
      </ScrollArea>
      <InsightActs insight={insight} project={project} may={{ ...may, evolve: may.evolve && canBeGoal }} />
    </>
  );
}

function State({
  insight: { state, state_at, by, reason },
  project,
  cycle,
}: Pick<InsightItemProps, "insight" | "cycle"> & { project: string }) {
  return (
    <p className="wrap-anywhere mt-2">
      {STATE_WORDS[state]} <Clock at={state_at} />
      {state === "planned" && cycle !== null ? (
        <>
          :{" "}
          <Link className="link" href={`/projects/${project}/evolve#${cycle}`} prefetch={false}>
            a cycle deals with it
          </Link>
        </>
      ) : (
        withoutDisguise(causeWords({ by, reason }))
      )}
    </p>
  );
}

function Score({ insight: { score, evidence } }: { insight: ProjectInsight }) {
  const parts = [
    { name: "Impact", value: evidence.impact.toFixed(2) },
    { name: "Confidence", value: `× ${evidence.confidence.toFixed(2)}` },
    { name: "Effort, 1 is about an hour", value: `÷ ${evidence.effort.toFixed(2)}` },
    { name: "Score", value: `= ${score.toFixed(2)}` },
  ];
  return (
    <dl className="mt-3 grid grid-cols-4 rounded-md border border-line phone:grid-cols-2">
      {parts.map(({ name, value }) => (
        <div
          key={name}
          className="flex flex-col-reverse justify-end border-line px-3 py-2 not-first:border-l phone:nth-3:border-l-0"
        >
          <dt className="text-ink-2 text-small">{name}</dt>
          <dd className="font-semibold">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Quote({ insight: { line, end, evidence } }: { insight: ProjectInsight }) {
  const { quote } = evidence;
  if (quote.length === 0) return null;
  const numbered = quote.map((text, at) => ({ number: line + at, text }));
  const more = end - line + 1 - quote.length;
  return (
    <Section id="code" title="Code">
      <div className="border-line border-b bg-code py-1.5 font-mono text-small">
        {numbered.map(({ number, text }) => (
          <div key={number} className="flex gap-4 px-3">
            <span className="w-8 flex-none select-none text-right text-ink-3">{number}</span>
            <span className="wrap-anywhere min-w-0 whitespace-pre-wrap">{withoutDisguise(text)}</span>
          </div>
        ))}
      </div>
      {more > 0 ? (
        <p className="py-1.5 text-ink-2 text-small">
          {more} more lines, up to {end}.
        </p>
      ) : null}
    </Section>
  );
}

function Places({ places }: { places: InsightEvidence["places"] }) {
  if (places.length < 2) return null;
  return (
    <Section id="places" title="Places" beside={places.length}>
      <ul className="py-1.5">
        {places.map((place) => (
          <li key={`${place.path} ${place.line} ${place.symbol}`} className="wrap-anywhere py-0.5">
            <code>{withoutDisguise(placeOf(place))}</code> {withoutDisguise(place.symbol)}
          </li>
        ))}
      </ul>
    </Section>
  );
}
