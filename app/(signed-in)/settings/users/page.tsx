import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { AdminsOnly } from "@/components/settings/admins-only";

export const metadata: Metadata = { title: "Users" };

export default async function UsersPage() {
  const app = await enter();
  if (!app.may("listUsers")) return <AdminsOnly what="Users and their roles" role={app.actor.role} />;
  const found = await app.queries.listUsers();
  return <p className="dim">{found.length}</p>;
}
