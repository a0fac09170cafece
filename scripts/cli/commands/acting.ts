import type { ActingApplication, Flags } from "@/scripts/cli/context/context";
import type { Load } from "@/scripts/cli/context/define";
import type { Answer, Arguments } from "./act";

type Commands = ActingApplication["application"]["commands"];
type Call = (commands: Commands, args: Arguments, flags: Flags) => Promise<Answer>;

/**
 * Returns the code of a command that only calls one operation and prints its sentence. `needsWorker`: it takes effect
 * only when a worker works on the tree.
 */
export function acting(call: Call, options: { needsWorker?: true } = {}): Load {
  return async () => {
    const { act } = await import("./act");
    return (context, args, flags) =>
      act(context, ({ application }) => call(application.commands, args, flags), options);
  };
}
