import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { AdminsOnly } from "@/components/layout/admins-only";
import { PageBody } from "@/components/ui/page/page";
import { SpaceView } from "./space-view";

export const metadata: Metadata = { title: "Space" };

export default async function SpacePage() {
  const { queries, may, actor } = await enter();
  if (!may("getRetention"))
    return (
      <PageBody>
        <AdminsOnly what="The page Space" role={actor.role} />
      </PageBody>
    );
  return (
    <PageBody>
      <SpaceView start={await queries.getRetention()} />
    </PageBody>
  );
}
