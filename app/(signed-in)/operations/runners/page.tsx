import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { PageBody } from "@/components/ui/page/page";
import { RunnersView } from "./runners-view";

export const metadata: Metadata = { title: "Runners" };

export default async function RunnersPage() {
  const { queries, may } = await enter();
  return (
    <PageBody>
      <RunnersView start={await queries.getRunners()} mayDrain={may("drainRunner")} />
    </PageBody>
  );
}
