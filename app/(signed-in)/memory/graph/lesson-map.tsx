import Link from "next/link";
import type { ReactNode } from "react";
import { KindIcon } from "@/components/memory/kind-icon";
import { Icon } from "@/components/ui/icon";
import { RowKeys } from "@/components/ui/row-keys";
import { Clock } from "@/components/ui/time";
import { type GraphAgent, type LessonGraph, MOST_COUNTED } from "@/core/shapes/lesson-graph";
import { exactCount, plural } from "@/core/words/figures";
import { boxText, placeName, scopeText, titleOf } from "@/core/words/lessons";
import { withoutDisguise } from "@/core/words/visible";
import { addressOfBelonging, EVERYWHERE, graphAddress } from "../lessons/address";
import { MapBox } from "./map-box";
import { curveOf, GAP, type Line, linesOf } from "./map-lines";

const STROKES = {
  selected: "stroke-accent [stroke-width:2]",
  plain: "stroke-line-strong [stroke-width:1.5]",
  dashed: "stroke-ink-3 [stroke-width:1.5] [stroke-dasharray:3_3]",
};

interface LessonMapProps {
  graph: LessonGraph;
  /** The question whose answer stays beside the graph. */
  question: string | undefined;
}

/**
 * The graph in four columns of links, with lines in the gaps between them; where the columns have no room they are
 * lists, one below the other. The server renders it whole: nobody moves, folds or zooms its few boxes, so React Flow,
 * which draws the graph of a tree, would only make the page heavier and its boxes harder to reach.
 */
export function LessonMap({ graph, question }: LessonMapProps) {
  const lines = linesOf(graph);
  const height = { minHeight: lines.height };
  return (
    <div className="@container">
      <RowKeys />
      <div
        className="grid rounded-[8px] border border-line bg-sunk p-3 @max-[620px]:grid-cols-1! @max-[620px]:gap-4"
        style={{
          gridTemplateColumns: `minmax(0, 1fr) ${GAP}px minmax(0, 1fr) ${GAP}px minmax(0, 1fr) ${GAP}px minmax(0, 1fr)`,
        }}
        data-map
      >
        <Column title="Errors" isEmpty={graph.errors.length === 0}>
          <Errors graph={graph} />
        </Column>
        <Gap lines={lines.errors} />
        <Column title="Lessons" more={<MoreLessons graph={graph} />}>
          <Lessons graph={graph} question={question} />
        </Column>
        <Gap lines={lines.agents} />
        <Column
          title="Agents"
          isEmpty={graph.agents.length === 0}
          more={<MoreAgents graph={graph} />}
          behind={<Passing lines={lines.passing} />}
          style={height}
        >
          <Agents graph={graph} />
        </Column>
        <Gap lines={lines.repositories} />
        <Column title="Repositories" isEmpty={graph.repositories.length === 0}>
          <Repositories graph={graph} />
        </Column>
      </div>
    </div>
  );
}

interface ColumnProps {
  title: string;
  children: ReactNode;
  /** Among lists a column without boxes is left out. */
  isEmpty?: boolean;
  more?: ReactNode;
  behind?: ReactNode;
  style?: { minHeight: number };
}

function Column({ title, children, isEmpty = false, more, behind, style }: ColumnProps) {
  const id = `column-${title.toLowerCase()}`;
  return (
    <section className={`min-w-0 ${isEmpty ? "@max-[620px]:hidden" : ""}`} aria-labelledby={id}>
      <h3 id={id} className="mb-2 text-small font-medium text-ink-2">
        {title}
      </h3>
      <div className="relative @max-[620px]:min-h-0!" style={style}>
        {behind}
        <ul>{children}</ul>
        {more}
      </div>
    </section>
  );
}

function Gap({ lines }: { lines: Line[] }) {
  return (
    <div className="pt-6 @max-[620px]:hidden" aria-hidden>
      <svg className="h-full overflow-visible fill-none" width={GAP} role="presentation">
        {lines.map((line) => (
          <path
            key={`${line.from} ${line.to}`}
            d={curveOf(line)}
            className={STROKES[line.look]}
            data-line={line.look}
          />
        ))}
      </svg>
    </div>
  );
}

/** Lines of lessons without an agent, on their way to the repositories. */
function Passing({ lines }: { lines: Line[] }) {
  if (lines.length === 0) return null;
  return (
    <svg className="absolute inset-0 size-full overflow-visible @max-[620px]:hidden" aria-hidden="true">
      {lines.map(({ from, look }) => (
        <line key={from} x1="0" x2="100%" y1={from} y2={from} className={STROKES[look]} />
      ))}
    </svg>
  );
}

type OfGraph = Pick<LessonMapProps, "graph">;

function Errors({ graph: { errors, lessons } }: OfGraph) {
  return errors.map(({ signature, lessons: count, met, last_met_at }) => (
    <MapBox
      key={signature}
      to={addressOfBelonging({ by: "error", name: signature })}
      icon={<Icon name="failed" />}
      name={withoutDisguise(signature)}
      look={lessons[0]?.signature === signature ? "of_selected" : null}
    >
      {met === 0 ? (
        plural(count, "lesson")
      ) : (
        <>
          {`met ${plural(met, "time")}`}
          {last_met_at ? (
            <>
              , <Clock at={last_met_at} />
            </>
          ) : null}
        </>
      )}
    </MapBox>
  ));
}

function Lessons({ graph: { lessons }, question }: LessonMapProps) {
  return lessons.map((lesson, at) => (
    <MapBox
      key={lesson.id}
      to={graphAddress({ lesson: lesson.id, question })}
      icon={<KindIcon kind={lesson.kind} isLabelled />}
      name={withoutDisguise(titleOf(lesson))}
      look={at === 0 ? "selected" : lesson.status === "live" ? null : "off"}
    >
      {boxText(lesson)}
    </MapBox>
  ));
}

function Agents({ graph: { agents, links, lessons } }: OfGraph) {
  const own = links.filter(({ lesson }) => lesson === lessons[0]?.id);
  return agents.map((agent) => (
    <MapBox
      key={agent.agent}
      to={addressOfBelonging({ by: "agent", name: agent.agent })}
      icon={<Icon name="agent" />}
      name={withoutDisguise(agent.agent)}
      look={own.some((link) => link.agent === agent.agent) ? "of_selected" : null}
    >
      {agentText(agent)}
    </MapBox>
  ));
}

function agentText({ made, shown }: GraphAgent): string {
  const parts = [
    ...(made > 0 ? [`made ${exactCount(made)}`] : []),
    ...(shown > 0 ? [`shown ${exactCount(shown)}`] : []),
  ];
  return parts.join(", ") || "a lesson is for it";
}

function Repositories({ graph: { repositories, lessons } }: OfGraph) {
  const [selected] = lessons;
  return repositories.map(({ place, lessons: count }) => (
    <MapBox
      key={place ?? EVERYWHERE}
      to={addressOfBelonging({ by: "place", name: place ?? EVERYWHERE })}
      icon={<Icon name={place === null ? "globe" : "folder"} />}
      name={place === null ? EVERYWHERE : withoutDisguise(placeName(place))}
      title={place === null ? EVERYWHERE : withoutDisguise(place)}
      look={selected?.place === place ? "of_selected" : null}
    >
      {count >= MOST_COUNTED ? `${exactCount(count)} lessons or more` : plural(count, "lesson")}
    </MapBox>
  ));
}

function MoreLessons({ graph: { more, lessons } }: OfGraph) {
  const [selected] = lessons;
  if (!selected) return null;
  const { signature, place } = selected;
  return (
    <More>
      {more.of_error > 0 && signature !== null ? (
        <MoreLink to={addressOfBelonging({ by: "error", name: signature })}>
          {exactCount(more.of_error)} more for its error
        </MoreLink>
      ) : null}
      {more.of_place > 0 ? (
        <MoreLink to={addressOfBelonging({ by: "place", name: place ?? EVERYWHERE })}>
          {exactCount(more.of_place)} more {place === null ? EVERYWHERE : `in ${withoutDisguise(scopeText(selected))}`}
        </MoreLink>
      ) : null}
    </More>
  );
}

function MoreAgents({ graph: { more, lessons } }: OfGraph) {
  const [selected] = lessons;
  if (!selected || more.agents === 0) return null;
  return (
    <More>
      <MoreLink to={`/memory/lessons/${encodeURIComponent(selected.id)}`}>{exactCount(more.agents)} more</MoreLink>
    </More>
  );
}

function More({ children }: { children: ReactNode }) {
  return <p className="mt-2 grid justify-items-start gap-1 text-small empty:hidden">{children}</p>;
}

function MoreLink({ to, children }: { to: string; children: ReactNode }) {
  return (
    <Link className="link" href={to} prefetch={false}>
      {children}
    </Link>
  );
}
