/** What a program printed when it did not resolve a name. */
/**
 * What programs print when the system does not resolve a name, or has no way out: codes of libraries, and the sentences
 * of the C library, which all languages pass on.
 */
const UNRESOLVED = new RegExp(
  [
    "\\b(ENOTFOUND|EAI_AGAIN|EAI_NONAME|ENETUNREACH|EAI_FAIL)\\b",
    "(Temporary failure in name resolution|Name or service not known|No address associated with hostname)",
    "(Could not resolve|Couldn't resolve|failed to resolve|Failed to resolve|unable to resolve|cannot resolve) (host|address|'|\"|[a-z0-9.-]+\\.[a-z]{2})",
    "\\b(no such host|Unknown host|UnknownHostException|unable to resolve host|failed to lookup address|dns error)\\b",
    "Network is unreachable",
  ].join("|"),
);
/** A host right before or after such words. */
const NAMED =
  /(?:ENOTFOUND|EAI_AGAIN|[Rr]esolve host(?: address)?:?|lookup|host=|https?:\/\/|resolve)\s*['"‘“(]*((?:[a-z0-9-]+\.)+[a-z]{2,})/i;
/** The most that is searched, from the end, where programs say why they failed. */
const SEARCHED_CHARS = 20_000;

/** Returns the host that a program did not find, as far as it is named; null when the output shows no such failure. */
export function unresolvedIn(output: string): { host: string | null } | null {
  const end = output.slice(-SEARCHED_CHARS);
  return UNRESOLVED.test(end) ? { host: NAMED.exec(end)?.[1] ?? null } : null;
}
