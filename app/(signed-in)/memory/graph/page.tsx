import type { Metadata } from "next";
import Link from "next/link";
import { enter } from "@/app/enter";
import { orNotFound } from "@/app/or-not-found";
import { PageBody } from "@/components/ui/page/page";
import { Section } from "@/components/ui/page/section";
import type { LessonGraph } from "@/core/shapes/lesson-graph";
import { plural } from "@/core/words/figures";
import { aroundSentence } from "@/core/words/lessons";
import { withoutDisguise } from "@/core/words/visible";
import { TWO_COLUMNS } from "../parts/two-columns";
import { Answer } from "./answer";
import { Ask } from "./ask";
import { LessonMap } from "./lesson-map";
import { MapLegend } from "./map-legend";
import { SelectedLesson } from "./selected-lesson";

export const metadata: Metadata = { title: "Graph of memory" };

type Search = Record<string, string | string[] | undefined>;

/** What belongs to what around one lesson, and answers to questions. */
export default async function GraphPage({ searchParams }: { searchParams: Promise<Search> }) {
  const { queries } = await enter();
  const given = await searchParams;
  const question = textIn(given.question);
  const graph = await orNotFound(queries.getLessonGraph({ lesson: textIn(given.lesson), question }));
  const [selected] = graph.lessons;
  return (
    <PageBody className={TWO_COLUMNS}>
      <div className="min-w-0">
        {graph.total > 0 ? <Ask question={question} examples={graph.examples} /> : null}
        {graph.answer ? <Answer answer={graph.answer} selected={selected?.id} /> : null}
        {selected ? (
          <Section id="graph" title="What belongs to what" beside={withoutDisguise(aroundSentence(graph))} isPlain>
            <LessonMap graph={graph} question={question} />
            <MapLegend />
          </Section>
        ) : (
          <Empty graph={graph} />
        )}
      </div>
      {selected ? (
        <aside className="min-w-0" aria-label="Selected lesson">
          <SelectedLesson lesson={selected} />
        </aside>
      ) : null}
    </PageBody>
  );
}

function textIn(value: string | string[] | undefined): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

function Empty({ graph: { total } }: { graph: LessonGraph }) {
  return (
    <p className="max-w-150 py-2 text-ink-2">
      No lesson was made here yet. The host makes one when an error goes away right after a round of a goal and stays
      away.
      {total > 0 ? (
        <>
          {" "}
          <Link className="link" href="/memory/lessons?status=candidate">
            {plural(total, "pattern")}
          </Link>{" "}
          of Banyan {total === 1 ? "is a candidate" : "are candidates"} until a person approves them.
        </>
      ) : null}
    </p>
  );
}
