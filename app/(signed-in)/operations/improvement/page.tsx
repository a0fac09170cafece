import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { PageBody } from "@/components/ui/page/page";
import { ImprovementView } from "./improvement-view";

export const metadata: Metadata = { title: "Improvement" };

export default async function ImprovementPage() {
  const { queries, may } = await enter();
  return (
    <PageBody>
      <ImprovementView start={await queries.getImprovement()} mayLook={may("lookNow")} maySet={may("setImprovement")} />
    </PageBody>
  );
}
