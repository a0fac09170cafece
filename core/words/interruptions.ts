/** A task whose work broke off again and again. */
import { sentence } from "./sentence";

/** Why it is parked, as a sentence. `why`: what broke its work off last; null: nobody knows. */
export function interruptedText(times: number, why: string | null): string {
  return sentence(`Interrupted ${times} times without progress${why ? `: ${why}` : ""}`);
}
