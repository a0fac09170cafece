import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { PageBody } from "@/components/ui/page/page";
import { AdminsOnly } from "../admins-only";
import { SpaceView } from "./space-view";

export const metadata: Metadata = { title: "Space" };

export default async function SpacePage() {
  const { queries, may } = await enter();
  if (!may("getRetention")) return <AdminsOnly what="The page Space" />;
  return (
    <PageBody>
      <SpaceView start={await queries.getRetention()} />
    </PageBody>
  );
}
