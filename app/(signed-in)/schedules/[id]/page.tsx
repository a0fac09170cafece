import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { enter } from "@/app/enter";
import { Crumbs } from "@/components/ui/page/crumbs";
import { Page, PageBar, PageBody } from "@/components/ui/page/page";
import { ScheduleView } from "./schedule-view";

export const metadata: Metadata = { title: "Schedule" };

export default async function SchedulePage({ params }: { params: Promise<{ id: string }> }) {
  const { queries, may } = await enter();
  const { id } = await params;
  const schedule = await queries.getSchedule(id).catch((error: unknown) => {
    if (error instanceof Error && error.name === "UserError") return null;
    throw error;
  });
  if (schedule === null) notFound();
  return (
    <Page>
      <PageBar>
        <div className="min-w-0">
          <Crumbs aria-label="Path">
            <Link href="/schedules">Schedules</Link>
          </Crumbs>
          <h1 className="truncate" title={schedule.name}>
            {schedule.name}
          </h1>
        </div>
      </PageBar>
      <PageBody>
        <ScheduleView start={schedule} mayRun={may("changeSchedule")} />
      </PageBody>
    </Page>
  );
}
