"use server";

import { type ActionResult, act } from "@/app/act";

/** Stops the server for so many seconds. The command checks the number. */
export async function stopForSeconds(seconds: number): Promise<ActionResult> {
  return act(({ commands }) => commands.stopForSeconds({ seconds }));
}
