import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { AdminsOnly } from "@/components/layout/admins-only";
import { TokensView } from "./tokens-view";

export const metadata: Metadata = { title: "Tokens" };

export default async function TokensPage() {
  const app = await enter();
  if (!app.may("listTokens")) return <AdminsOnly what="The page Tokens" role={app.actor.role} />;
  return <TokensView tokens={await app.queries.listTokens()} now={Date.now()} />;
}
