export const SPLIT_COOKIE = "banyan_split";
const USUAL_SHARE = 56;

/** Percent of the width that the list has. */
export function shareOf(cookie: string | undefined): number {
  const share = Number(cookie);
  return Number.isFinite(share) && share >= 20 && share <= 80 ? share : USUAL_SHARE;
}
