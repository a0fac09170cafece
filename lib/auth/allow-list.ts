/**
 * Who may sign in with an account that somebody else vouches for: exact e-mail addresses, or all of a domain (`@example.org`,
 * which is not its subdomains). Only ASCII is an address here: letters of other scripts can look like it, or fold into it.
 */
export interface AllowList {
  addresses: ReadonlySet<string>;
  /** Without the @. */
  domains: ReadonlySet<string>;
}

/** No quotes, comments, routes or wildcards: what stands left of the @ has no meaning beyond its letters. */
const LOCAL = /^[a-z0-9#$&'+=?^_{}~-]+(\.[a-z0-9#$&'+=?^_{}~-]+)*$/;
const DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
const MOST_CHARACTERS = 254;

/** The address in the one way in which it is compared and kept, or null when it is none. */
export function normalAddress(text: string): string | null {
  // Checked before it is folded: a letter like the Kelvin sign becomes an ASCII one.
  if (text.length > MOST_CHARACTERS || !/^[\x21-\x7e]+$/.test(text)) return null;
  const address = text.toLowerCase();
  const at = address.lastIndexOf("@");
  const isAddress = at > 0 && at <= 64 && LOCAL.test(address.slice(0, at)) && DOMAIN.test(address.slice(at + 1));
  return isAddress ? address : null;
}

/** Reads addresses and `@domain`s that are separated by commas or spaces. Throws an Error that names the entry. */
export function parseAllowList(text: string): AllowList {
  const addresses = new Set<string>();
  const domains = new Set<string>();
  for (const entry of text.split(/[\s,]+/).filter(Boolean)) {
    const domain = entry.startsWith("@") ? domainOf(entry) : null;
    const address = normalAddress(entry);
    if (domain) domains.add(domain);
    else if (address) addresses.add(address);
    else throw new Error(`“${entry.slice(0, 100)}” is neither an e-mail address nor a domain such as @example.org`);
  }
  return { addresses, domains };
}

function domainOf(entry: string): string | null {
  if (!/^[\x21-\x7e]+$/.test(entry)) return null;
  const domain = entry.slice(1).toLowerCase();
  return DOMAIN.test(domain) ? domain : null;
}

export function isAllowed(list: AllowList, email: string): boolean {
  const address = normalAddress(email);
  if (address === null) return false;
  return list.addresses.has(address) || list.domains.has(address.slice(address.lastIndexOf("@") + 1));
}
