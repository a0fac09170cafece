import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { AdminsOnly } from "@/components/settings/admins-only";

export const metadata: Metadata = { title: "Tokens" };

export default async function TokensPage() {
  const app = await enter();
  if (!app.may("listTokens")) return <AdminsOnly what="Tokens" role={app.actor.role} />;
  const found = await app.queries.listTokens();
  return <p className="dim">{found.length}</p>;
}
