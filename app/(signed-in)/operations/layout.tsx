import type { ReactNode } from "react";
import { enter } from "@/app/enter";
import { Page } from "@/components/ui/page/page";
import { OperationsBar } from "./operations-bar";
import { OperationsTabs } from "./operations-tabs";

/** The title and tabs of all Operations pages. */
export default async function OperationsLayout({ children }: { children: ReactNode }) {
  const { may } = await enter();
  return (
    <Page>
      <OperationsBar mayPause={may("pauseEverything")} />
      <OperationsTabs isAdmin={may("listAudit")} />
      {children}
    </Page>
  );
}
