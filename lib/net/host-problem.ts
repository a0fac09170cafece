/** Says why a host is not reached. */
import type { HostProblem } from "./check";

/** Returns the reason after the host's name, without a full stop. */
export function whyNotReached(problem: HostProblem): string {
  switch (problem) {
    case "unknown":
      return "was not found by its name; check the name and the machine's name server";
    case "private":
      return "has a private address, which only hosts in the setting BANYAN_PRIVATE_HOSTS may have";
    case "link_local":
      return "has a private address of its own network link, where clouds keep their secrets; no setting allows it";
    case "documentation":
      return "has an address that is reserved for documentation, where no host of the internet is; the machine's name server gives it in place of the real one";
    case "reserved":
      return "has a private address or a reserved one, where no host of the internet is; no setting allows it";
  }
}
