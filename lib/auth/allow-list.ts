/**
 * The people who may sign in with an account of another provider: exact e-mail addresses, or all addresses of a domain
 * (`@example.org`, without its subdomains). Only ASCII is accepted, because letters of other scripts can look like it,
 * or fold into it.
 */
export interface AllowList {
  addresses: ReadonlySet<string>;
  /** Without the @. */
  domains: ReadonlySet<string>;
}

/** Without quotes, comments, routes or wildcards, so that the part before the @ is plain text. */
const LOCAL = /^[a-z0-9#$&'+=?^_{}~-]+(\.[a-z0-9#$&'+=?^_{}~-]+)*$/;
const DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
const MOST_CHARACTERS = 254;

/** Returns the address in the form in which it is compared and stored; null when it is invalid. */
export function normalAddress(text: string): string | null {
  // Checked before folding, because a letter like the Kelvin sign becomes an ASCII letter.
  if (text.length > MOST_CHARACTERS || !/^[\x21-\x7e]+$/.test(text)) return null;
  const address = text.toLowerCase();
  const at = address.lastIndexOf("@");
  const isAddress = at > 0 && at <= 64 && LOCAL.test(address.slice(0, at)) && DOMAIN.test(address.slice(at + 1));
  return isAddress ? address : null;
}

/** Parses addresses and `@domain`s separated by commas or spaces. Throws an Error that names an invalid entry. */
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
