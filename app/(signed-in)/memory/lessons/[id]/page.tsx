import type { Metadata } from "next";
import Link from "next/link";
import { enter } from "@/app/enter";
import { orNotFound } from "@/app/or-not-found";
import { PageBody } from "@/components/ui/page/page";
import { addressOf, askedOf, graphAddress, type Search } from "../address";
import { LessonFilters } from "../lesson-filters";
import { LessonList } from "../lesson-list";
import { lessonsFor } from "../lessons-for";
import { LessonView } from "./lesson-view";

export const metadata: Metadata = { title: "Lesson" };

interface LessonPageProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<Search>;
}

/** A lesson, beside the list that it was opened from; in a narrow window without the list. */
export default async function LessonPage({ params, searchParams }: LessonPageProps) {
  const { queries, may } = await enter();
  const { id } = await params;
  const asked = askedOf(await searchParams);
  const lesson = await orNotFound(queries.getLesson(id));
  const list = await lessonsFor(queries, asked);
  return (
    <PageBody className="grid grid-cols-[minmax(0,1fr)_440px] items-start gap-x-8 narrow:grid-cols-1">
      <div className="min-w-0 narrow:hidden">
        <LessonFilters asked={asked} list={list} />
        <LessonList asked={asked} list={list} selected={id} />
      </div>
      <article className="min-w-0 narrow:max-w-170" aria-labelledby="lesson">
        <Link className="link text-small" href={addressOf(asked, { after: asked.after })} data-back>
          All lessons
        </Link>
        <Link className="link ml-4 text-small" href={graphAddress({ lesson: id })}>
          Show in graph
        </Link>
        <LessonView lesson={lesson} may={{ change: may("changeLesson"), try: may("fork") }} />
      </article>
    </PageBody>
  );
}
