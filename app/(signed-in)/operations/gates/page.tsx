import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { PageBody } from "@/components/ui/page/page";
import { GateTrends } from "./gate-trends";
import { RunList } from "./run-list";

export const metadata: Metadata = { title: "Gate runs" };

const SHOWN = 100;

export default async function GateRunsPage() {
  const { queries } = await enter();
  const runs = await queries.listGateRuns({ limit: SHOWN });
  return (
    <PageBody>
      {runs.length === 0 ? (
        <p className="py-2 text-ink-2">
          The gates have not run yet. They judge each change of Banyan that an agent proposes.
        </p>
      ) : (
        <>
          <GateTrends runs={runs} />
          <RunList runs={runs} />
        </>
      )}
    </PageBody>
  );
}
