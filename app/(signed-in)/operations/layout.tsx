import type { ReactNode } from "react";
import { enter } from "@/app/enter";
import { OperationsBar } from "./operations-bar";
import { OperationsTabs } from "./operations-tabs";

/** The frame of the pages of Operations: a page below it renders its sections only. */
export default async function OperationsLayout({ children }: { children: ReactNode }) {
  const { may } = await enter();
  return (
    <main className="main" id="main">
      <OperationsBar mayPause={may("pauseEverything")} />
      <OperationsTabs isAdmin={may("listAudit")} />
      {children}
    </main>
  );
}
