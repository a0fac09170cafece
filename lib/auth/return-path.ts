/**
 * Returns where a person goes after signing in: always a path of this server. Browsers may read `//host`, `/\host` and
 * their encoded forms as another site's address, so such a text gives the home page.
 */
const HOME = "/";
const MOST_CHARACTERS = 2_000;
/** Banyan's own paths that answer programs, or start the sign-in again. */
const NO_PAGE = /^\/(api|mcp|metrics|health|signin|signout|_next)(\/|$)/;

/** `ofService`: a path of an environment's service, where every path may be a page. */
export function returnPath(given: unknown, { ofService = false }: { ofService?: boolean } = {}): string {
  if (typeof given !== "string" || given.length > MOST_CHARACTERS || !isPath(given)) return HOME;
  const base = "http://here.invalid";
  const url = new URL(given, base);
  if (url.origin !== base || url.username || url.password) return HOME;
  if (!ofService && url.searchParams.has("_rsc")) url.searchParams.delete("_rsc");
  const isPage = ofService || !NO_PAGE.test(url.pathname);
  return isPage && staysPath(url.pathname) ? url.pathname + url.search + url.hash : HOME;
}

/** Starts with exactly one slash, and contains nothing that a browser drops or turns into a slash. */
function isPath(text: string): boolean {
  const hasControls = [...text].some((character) => character < " " || character === "\u007f");
  return /^\/(?![/\\])/.test(text) && !hasControls;
}

/** Whether it stays a path after any number of decodings. */
function staysPath(pathname: string): boolean {
  let text = pathname;
  for (let times = 0; times < 5; times += 1) {
    if (!isPath(text) || text.includes("\\")) return false;
    const decoded = decodedOnce(text);
    if (decoded === null) return times > 0;
    if (decoded === text) return true;
    text = decoded;
  }
  return false;
}

function decodedOnce(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
