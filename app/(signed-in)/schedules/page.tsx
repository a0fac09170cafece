import type { Metadata } from "next";
import Link from "next/link";
import { enter } from "@/app/enter";
import { buttonLook } from "@/components/ui/button-look";
import { Icon } from "@/components/ui/icon";
import { Page, PageBar, PageBody } from "@/components/ui/page/page";
import { ScheduleList } from "./schedule-list";

export const metadata: Metadata = { title: "Schedules" };

export default async function SchedulesPage() {
  const { queries, may } = await enter();
  return (
    <Page>
      <PageBar>
        <h1>Schedules</h1>
        <span className="min-w-0 flex-auto" />
        {may("addSchedule") ? (
          <Link className={buttonLook()} href="/#new">
            <Icon name="plus" />
            New task
          </Link>
        ) : null}
      </PageBar>
      <PageBody>
        <ScheduleList start={await queries.listSchedules()} mayRun={may("addSchedule")} />
      </PageBody>
    </Page>
  );
}
