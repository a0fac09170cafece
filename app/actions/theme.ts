"use server";

import { cookies } from "next/headers";
import { enter } from "@/app/enter";

const YEAR_SECONDS = 365 * 24 * 3600;

export async function keepTheme(theme: string): Promise<void> {
  await enter();
  const value = theme === "light" || theme === "dark" ? theme : "system";
  (await cookies()).set("banyan_theme", value, { path: "/", maxAge: YEAR_SECONDS, sameSite: "lax", httpOnly: true });
}
