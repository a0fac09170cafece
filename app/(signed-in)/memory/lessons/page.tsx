import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { PageBody } from "@/components/ui/page/page";
import { askedOf, type Search } from "./address";
import { LessonFilters } from "./lesson-filters";
import { LessonList } from "./lesson-list";
import { lessonsFor } from "./lessons-for";

export const metadata: Metadata = { title: "Lessons" };

export default async function LessonsPage({ searchParams }: { searchParams: Promise<Search> }) {
  const { queries } = await enter();
  const asked = askedOf(await searchParams);
  const list = await lessonsFor(queries, asked);
  return (
    <PageBody>
      <LessonFilters asked={asked} list={list} />
      <LessonList asked={asked} list={list} />
    </PageBody>
  );
}
