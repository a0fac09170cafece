/** Says what a command's network had to do with its failure: programs blame name servers, and advise to try again. */
import type { ToolContext } from "@/agents/tools/contract/tool";
import { whyNotReached } from "@/lib/net/host-problem";
import { unresolvedIn } from "@/lib/net/unresolved";
import type { Unreached } from "@/lib/sandbox/port";

/** Returns a sentence for the agent when the output shows that the command wanted a network it did not have; else null. */
export function networkNote(
  output: string,
  { hosts, isFailed, context }: { hosts: readonly string[]; isFailed: boolean; context: Pick<ToolContext, "network"> },
): string | null {
  const wanted = unresolvedIn(output);
  if (wanted === null) return null;
  if (hosts.length > 0) {
    return isFailed
      ? "Programs reach the hosts in `network` only through the proxy in HTTP_PROXY and HTTPS_PROXY; a program that does not use it finds no host. Name its proxy in its own setting."
      : null;
  }
  if (!context.network?.allowed) {
    return "This command had no network, and this task has no right to use it; work with what is here, or say in your result what has to be fetched.";
  }
  const host = wanted.host ?? "registry.example.org";
  return `This command had no network: name the hosts that it needs in \`network\`, for example ["${host.toLowerCase()}"].`;
}

/** Returns why the command did not reach a host, as a sentence. */
export function whyUnreached({ host, why }: Unreached): string {
  switch (why) {
    case "not_listed":
      return `${host} is not among the hosts in \`network\`; name it there when the command needs it.`;
    case "not_a_host":
      return `${host} is not a host and port that the proxy understands.`;
    case "other_name":
      return `${host}: a connection to a listed host may only ask for that host; name the other one in \`network\`, too.`;
    case "no_answer":
      return `${host} did not answer.`;
    default:
      return `${host} ${whyNotReached(why)}.`;
  }
}
