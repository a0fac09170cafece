import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { PageBody } from "@/components/ui/page/page";
import { LimitsView } from "./limits-view";

export const metadata: Metadata = { title: "Limits" };

export default async function LimitsPage() {
  const { queries, may } = await enter();
  return (
    <PageBody>
      <LimitsView start={await queries.getLimits()} maySet={may("setLimits")} />
    </PageBody>
  );
}
