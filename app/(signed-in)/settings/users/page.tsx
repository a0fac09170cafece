import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { AdminsOnly } from "@/components/layout/admins-only";
import { currentSignInWays } from "@/lib/auth/current";
import { UsersView } from "./users-view";

export const metadata: Metadata = { title: "Users" };

export default async function UsersPage() {
  const app = await enter();
  if (!app.may("listUsers")) return <AdminsOnly what="The page Users" role={app.actor.role} />;
  const users = await app.queries.listUsers();
  return <UsersView users={users} me={app.actor.name} google={currentSignInWays().google} />;
}
