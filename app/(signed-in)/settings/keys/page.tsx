import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { AdminsOnly } from "@/components/settings/admins-only";

export const metadata: Metadata = { title: "Provider keys" };

export default async function KeysPage() {
  const { actor } = await enter();
  return <AdminsOnly what="Provider keys" role={actor.role} />;
}
