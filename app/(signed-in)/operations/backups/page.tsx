import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { AdminsOnly } from "@/components/layout/admins-only";
import { PageBody } from "@/components/ui/page/page";
import { BackupList } from "./backup-list";

export const metadata: Metadata = { title: "Backups" };

export default async function BackupsPage() {
  const { queries, may, actor } = await enter();
  if (!may("listBackups"))
    return (
      <PageBody>
        <AdminsOnly what="The list of backups" role={actor.role} />
      </PageBody>
    );
  return (
    <PageBody>
      <BackupList start={await queries.listBackups()} />
    </PageBody>
  );
}
