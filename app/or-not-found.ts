import { notFound } from "next/navigation";
import { problemOfError } from "@/lib/http/problem";

/** Resolves with what the query finds. Where it refuses with a sentence for people, the page is "not found". */
export async function orNotFound<Found>(query: Promise<Found>): Promise<Found> {
  try {
    return await query;
  } catch (error) {
    if (problemOfError(error)) notFound();
    throw error;
  }
}
