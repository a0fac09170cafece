import { headers } from "next/headers";
import { redirect } from "next/navigation";
import type { Actor } from "@/core/rules/roles";
import { currentAuth } from "./current";

/** Returns the signed-in person, for every page and every action; anyone else is redirected to the sign-in page. */
export async function requireSession(): Promise<Actor> {
  const actor = await currentAuth().authenticate((await headers()).get("cookie"));
  if (!actor) redirect("/signin");
  return actor;
}
