import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { PageBody } from "@/components/ui/page/page";
import { FailuresView } from "./failures-view";

export const metadata: Metadata = { title: "Failures" };

export default async function FailuresPage() {
  const { queries } = await enter();
  return (
    <PageBody className="w-full max-w-330">
      <FailuresView failures={await queries.getFailures()} />
    </PageBody>
  );
}
