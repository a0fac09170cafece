import { normalAddress } from "@/lib/auth/allow-list";

/**
 * Returns what went wrong and what to do; null for an unknown problem. `refused` is the address of the refused account.
 */
export function sentenceOf(problem: string, refused: string | undefined): string | null {
  const address = normalAddress(refused ?? "");
  const [Subject, theAddress] = address ? [address, address] : ["That account’s address", "that account’s address"];
  const sentences: Record<string, string> = {
    link: "This link is no longer valid: it was used, or it is older than 15 minutes. Get a new link with the command below.",
    list: `${Subject} is not on the list. Ask an admin to add that exact address, then try again.`,
    unverified: `Google has not verified ${theAddress}. Verify it in the Google account, then try again.`,
    provider: "Google did not answer, so you are not signed in. Try again in a minute. Agents keep running.",
    again: "This sign-in started in another browser, or took too long. Start again.",
    cancelled: "You cancelled the sign-in at Google. You are not signed in.",
  };
  return Object.hasOwn(sentences, problem) ? (sentences[problem] ?? null) : null;
}
