/** `self`: says whether agents may change Banyan, and switches it off and on. */
import { refusalOf } from "@/agents/self/switch";
import { gateRunsWords } from "@/core/words/gates";
import { releaseWords } from "@/core/words/releases";
import { releaseFacts } from "@/core/words/releases-now";
import { withoutDisguise } from "@/core/words/visible";
import { type Context, type Flags, withReadRuntime } from "@/scripts/cli/context/context";
import { textFlag } from "@/scripts/cli/context/flags";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";
import { oneLine } from "@/scripts/cli/print/text";
import { act } from "./act";

const SHOWN = 5;

export async function self(context: Context, [verb]: (string | undefined)[], flags: Flags): Promise<number> {
  if (verb === undefined) return show(context);
  if (verb === "off")
    return act(context, ({ application }) =>
      application.commands.switchSelfOff({ reason: textFlag(flags, "reason") ?? "" }),
    );
  if (verb === "on") return act(context, ({ application }) => application.commands.switchSelfOn());
  throw new UsageError(`Unknown verb "${verb}": use \`banyan self\`, \`banyan self off\` or \`banyan self on\`.`);
}

async function show(context: Context): Promise<number> {
  return withReadRuntime(context, async ({ queries }) => {
    const state = await queries.getSelf();
    if (context.json) {
      printJson(state);
      return 0;
    }
    print(refusalOf(state) ?? "Agents may propose changes of Banyan; a person approves each of them.");
    print(gateRunsWords(state.gate_runs));
    const now = state.releases?.now;
    for (const { name, text, command } of now ? releaseFacts(now) : [])
      print(`${name}: ${oneLine(withoutDisguise(text))}${command ? ` ${command}` : ""}`);
    if (state.releases?.halted) print(state.releases.halted);
    for (const release of (state.releases?.releases ?? []).slice(-SHOWN).reverse()) print(releaseWords(release));
    return 0;
  });
}
