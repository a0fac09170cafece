import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { AdminsOnly } from "@/components/layout/admins-only";
import { ProviderCards } from "./provider-cards";

export const metadata: Metadata = { title: "Provider keys" };

export default async function KeysPage() {
  const app = await enter();
  if (!app.may("listProviderKeys")) return <AdminsOnly what="The page Provider keys" role={app.actor.role} />;
  const [providers, { defaultModel, model_notes: notes }] = await Promise.all([
    app.queries.listProviderKeys(),
    app.queries.getStatus(),
  ]);
  return <ProviderCards providers={providers} defaultModel={defaultModel} notes={notes} />;
}
