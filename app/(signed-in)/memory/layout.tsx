import type { ReactNode } from "react";
import { enter } from "@/app/enter";
import { MEMORY_PAGES } from "@/components/navigation-entries";
import { Page, PageBar } from "@/components/ui/page/page";
import { PageTabs } from "@/components/ui/page/page-tabs";

/** The title and tabs of all Memory pages. */
export default async function MemoryLayout({ children }: { children: ReactNode }) {
  await enter();
  return (
    <Page>
      <PageBar>
        <h1>Memory</h1>
      </PageBar>
      <PageTabs label="Memory" pages={MEMORY_PAGES} />
      {children}
    </Page>
  );
}
