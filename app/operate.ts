/** Runs every operation, by its name, for components. While the server is away, what a person pressed waits for it. */
import type { OperationInput, TellingOperation } from "@/agents/guard/guard";
import type { ActionResult } from "@/app/act";
import { operateOnce } from "@/app/operate-once";
import { sendKept } from "@/components/away/kept-clicks";
import { newKey } from "@/components/ui/hooks/use-once";

export function operate<Name extends TellingOperation>(name: Name, input: OperationInput<Name>): Promise<ActionResult> {
  const key = newKey();
  return sendKept(wordsOf(name), () => operateOnce(name, input, key));
}

/** "pauseEverything" is "Pause everything". */
function wordsOf(name: string): string {
  const words = name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
