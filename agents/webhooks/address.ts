/** Decides which addresses may get messages, with sentences for the person or program that gave one. */
import { UserError } from "@/agents/application";
import { checkHost } from "@/lib/net/check";
import { AddressError, parseTarget } from "@/lib/net/guard";
import { whyNotReached } from "@/lib/net/host-problem";

/** Throws UserError with one sentence when messages to this address are not allowed. */
export async function checkAddress(url: string, privateHosts: readonly string[]): Promise<void> {
  const target = targetOf(url, privateHosts);
  const checked = await checkHost(target, { privateHosts });
  if (!("problem" in checked)) return;
  if (checked.problem === "documentation") {
    throw new UserError("invalid", `The host ${target.host} ${whyNotReached(checked.problem)}.`);
  }
  throw new UserError(
    "invalid",
    checked.problem === "unknown"
      ? `The host ${target.host} is unknown: check the address and the network.`
      : `${target.host} is a private address: add ${target.host}:${target.port} to the setting BANYAN_PRIVATE_HOSTS to allow it.`,
  );
}

function targetOf(url: string, privateHosts: readonly string[]): ReturnType<typeof parseTarget> {
  try {
    return parseTarget(url, { privateHosts });
  } catch (error) {
    throw error instanceof AddressError ? new UserError("invalid", error.message) : error;
  }
}
