import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { PageBody } from "@/components/ui/page/page";
import { AdminsOnly } from "../admins-only";
import { BackupList } from "./backup-list";

export const metadata: Metadata = { title: "Backups" };

export default async function BackupsPage() {
  const { queries, may } = await enter();
  if (!may("listBackups")) return <AdminsOnly what="The list of backups" />;
  return (
    <PageBody>
      <BackupList start={await queries.listBackups()} />
    </PageBody>
  );
}
