/** Decides who may sign in with an address that a provider vouches for, and with which role. */
import type { Store } from "@/db/store";
import { type AllowList, isAllowed, normalAddress } from "@/lib/auth/allow-list";
import { newId } from "@/lib/new-id";

/** The provider's claims, unchecked. */
export interface Vouched {
  email?: unknown;
  email_verified?: unknown;
  name?: unknown;
}

export type Admission = { userId: string } | { problem: "unverified" | "list"; email: string | null };

const MOST_NAME_CHARACTERS = 100;

/**
 * Returns the check. It admits users and addresses on the list: as operator, or as admin for the list's first address
 * while no user is one. A removed user returns only when an admin adds them. Each decision leaves a row in the
 * audit.
 */
export function createSignIn(
  { people, audit }: Pick<Store, "people" | "audit">,
  allowed: AllowList | null,
): (vouched: Vouched) => Promise<Admission> {
  const [first] = allowed?.addresses ?? [];
  return async ({ email, email_verified, name }) => {
    const address = typeof email === "string" ? normalAddress(email) : null;
    const refuse = async (problem: "unverified" | "list", sentence: string): Promise<Admission> => {
      await tell(address ?? "nobody", { outcome: "refused", sentence });
      return { problem, email: address };
    };
    if (address === null || email_verified !== true) return refuse("unverified", "The address is not verified.");
    const known = people.findUser(address);
    const isKnown = known?.email === address;
    if (!isKnown && !(allowed && isAllowed(allowed, address))) return refuse("list", "The address is not on the list.");
    const made = { uid: newId(), email: address, name: shownName(name) ?? address };
    const user = isKnown ? known : await people.admit({ ...made, isFirst: address === first });
    if (!user) return refuse("list", "The user was removed.");
    await tell(address, { outcome: "done", role: user.role });
    return { userId: user.id };
  };

  async function tell(actor: string, detail: Record<string, string>): Promise<void> {
    await audit.append([{ actor, action: "signIn", subject: actor, tree: "", detail: JSON.stringify(detail) }]);
  }
}

/** Returns the account's name when it can be shown, or null. */
function shownName(name: unknown): string | null {
  const shown = typeof name === "string" ? name.trim() : "";
  return shown !== "" && shown.length <= MOST_NAME_CHARACTERS && !/[\p{Cc}\p{Cf}]/u.test(shown) ? shown : null;
}
