import { headers } from "next/headers";
import { redirect } from "next/navigation";
import type { Actor } from "@/core/rules/roles";
import { currentAuth } from "./current";

/** For every page and every action: the person who is signed in; anybody else is sent to the sign-in page. */
export async function requireSession(): Promise<Actor> {
  const actor = await currentAuth().authenticate((await headers()).get("cookie"));
  if (!actor) redirect("/signin");
  return actor;
}
