import { headers } from "next/headers";
import { redirect } from "next/navigation";
import type { Session } from "./auth";
import { currentAuth } from "./current";

/** For every page and every action: the person who is signed in; anybody else is sent to the sign-in page. */
export async function requireSession(): Promise<Session> {
  const session = await currentAuth().authenticate((await headers()).get("cookie"));
  if (!session) redirect("/signin");
  return session;
}
