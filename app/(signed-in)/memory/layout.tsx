import type { ReactNode } from "react";
import { enter } from "@/app/enter";
import { MEMORY_PAGES } from "@/components/navigation-entries";
import { Page, PageBar } from "@/components/ui/page/page";
import { PageTabs } from "@/components/ui/page/page-tabs";

/** The title and tabs of all Memory pages. */
export default async function MemoryLayout({ children }: { children: ReactNode }) {
  const { queries } = await enter();
  const { counts, waiting } = await queries.listLessons({ limit: 1 });
  const shown: Record<string, { count: number; waits?: true }> = {
    "/memory/lessons": { count: counts.live + counts.candidate + counts.retired },
    "/memory/candidates": { count: waiting, waits: true },
  };
  return (
    <Page>
      <PageBar>
        <h1>Memory</h1>
      </PageBar>
      <PageTabs label="Memory" pages={MEMORY_PAGES.map((page) => ({ ...page, ...shown[page.href] }))} />
      {children}
    </Page>
  );
}
