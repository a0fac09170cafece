import { z } from "zod";
import { kind, type WorldTool, worldTool } from "@/agents/tools/contract/tool";
import { answering, workplaceOf } from "@/agents/tools/files/workspace-tool";
import type { Terminals } from "@/lib/terminals/port";
import { commandId } from "./terminal-output";

const TEXT_MAX = 100_000;

/** Input to a command with network access may leave the machine, so the call counts as sending data. */
export function terminalInput(terminals: Pick<Terminals, "hostsOf">): WorldTool {
  return worldTool({
    name: "terminal_input",
    description:
      "Write to the standard input of one of your background commands. End a line with \\n; with tty, \\u0003 is Ctrl-C.",
    input: z.strictObject({
      id: commandId,
      text: z.string().max(TEXT_MAX).default("").describe("The text. No newline is added."),
      close: z.boolean().optional().describe("Close the input after the text."),
    }),
    level: "network",
    kinds: [
      kind("input for commands without network", { level: "write" }),
      kind("input for commands with network", { level: "network", alsoNeeds: "write", hosts: true, sends: true }),
    ],
    effectOf: ({ id }) => {
      const hosts = terminals.hostsOf(id) ?? [];
      return hosts.length > 0 ? { level: "network", alsoNeeds: "write", hosts, sends: true } : { level: "write" };
    },
    afterCrash: "report_interrupted",
    onlyInWorkplace: true,
    run: ({ id, text, close = false }, context) =>
      answering(async () => {
        await workplaceOf(context).commands.input(id, text, close);
        return `Sent ${Buffer.byteLength(text)} bytes${close ? " and closed the input" : ""}.`;
      }),
  }) as WorldTool;
}
