export const SPLIT_COOKIE = "banyan_split";
const DEFAULT_SHARE = 56;

/** Returns the width of the list in percent. */
export function shareOf(cookie: string | undefined): number {
  const share = Number(cookie);
  return Number.isFinite(share) && share >= 20 && share <= 80 ? share : DEFAULT_SHARE;
}
