import { normalAddress } from "@/lib/auth/allow-list";

/** What went wrong and what to do, one sentence each; null for a word that nobody gave out. `refused`: the address of the account. */
export function sentenceOf(problem: string, refused: string | undefined): string | null {
  const address = normalAddress(refused ?? "");
  const [Subject, theAddress] = address ? [address, address] : ["That account’s address", "that account’s address"];
  const sentences: Record<string, string> = {
    link: "That link is not valid: it was used already, or it is older than 15 minutes. Start the server again for a new one.",
    list: `${Subject} is not on the list. Ask an admin to add that exact address, then try again.`,
    unverified: `Google has not verified ${theAddress}. Verify it in the Google account, then try again.`,
    provider: "Google did not answer, so nobody was signed in. Try again in a minute; agents go on meanwhile.",
    again: "That sign-in was not begun in this browser, or took too long. Begin it again.",
    cancelled: "The sign-in was cancelled at Google, so nobody was signed in.",
  };
  return Object.hasOwn(sentences, problem) ? (sentences[problem] ?? null) : null;
}
