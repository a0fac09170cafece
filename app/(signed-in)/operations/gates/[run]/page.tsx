import type { Metadata } from "next";
import Link from "next/link";
import { enter } from "@/app/enter";
import { orNotFound } from "@/app/or-not-found";
import { Crumbs } from "@/components/ui/page/crumbs";
import { PageBody } from "@/components/ui/page/page";
import { Report } from "./report";

export const metadata: Metadata = { title: "Gate run" };

interface GateRunPageProps {
  params: Promise<{ run: string }>;
}

export default async function GateRunPage({ params }: GateRunPageProps) {
  const { queries } = await enter();
  const { run } = await params;
  const report = await orNotFound(queries.getGateRun(run));
  return (
    <PageBody>
      <Crumbs aria-label="Place" className="mb-3">
        <Link className="link" href="/operations/gates">
          Gate runs
        </Link>
        <span className="font-mono">{run}</span>
      </Crumbs>
      <Report report={report} />
    </PageBody>
  );
}
