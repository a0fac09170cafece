/** The width of the list beside a task, in percent of both. */
export const SPLIT_COOKIE = "banyan_split";
export const MIN_SHARE = 20;
export const MAX_SHARE = 80;
export const MIN_LIST_PX = 360;
export const MIN_TASK_PX = 380;
const DEFAULT_SHARE = 56;

/** Returns the width that the cookie holds, or the default width. */
export function shareOf(cookie: string | undefined): number {
  const share = Number(cookie);
  return Number.isFinite(share) && share >= MIN_SHARE && share <= MAX_SHARE ? share : DEFAULT_SHARE;
}

/** Returns the wanted width, changed so that list and task both keep their least width where there is room for both. */
export function fittedShare(wanted: number, wholePx: number): number {
  const hasRoom = wholePx >= MIN_LIST_PX + MIN_TASK_PX;
  const least = hasRoom ? Math.max(MIN_SHARE, (MIN_LIST_PX / wholePx) * 100) : MIN_SHARE;
  const most = hasRoom ? Math.min(MAX_SHARE, 100 - (MIN_TASK_PX / wholePx) * 100) : MAX_SHARE;
  return Math.min(most, Math.max(least, wanted));
}
