"use client";

import { useTransition } from "react";
import { refreshPage } from "@/components/refresh/refresh-page";
import { Page, PageBar, PageBody } from "@/components/ui/page/page";
import { Button, Say } from "@/components/ui/parts";

/** Shown when a page fails to render. The navigation still works. */
export default function PageError({ reset }: { error: Error; reset: () => void }) {
  const [isTrying, start] = useTransition();
  const again = () =>
    start(() => {
      refreshPage();
      reset();
    });
  return (
    <Page>
      <PageBar>
        <h1>This page failed to load</h1>
      </PageBar>
      <PageBody className="max-w-3xl">
        <Say look="bad" role="alert">
          The server failed while it rendered this page. Agents keep running, committed work is safe, and your drafts
          are kept. The server's output says why.
        </Say>
        <div className="flex flex-wrap items-center gap-2 mt-4">
          <Button look="primary" disabled={isTrying} onClick={again}>
            Try again
          </Button>
        </div>
      </PageBody>
    </Page>
  );
}
