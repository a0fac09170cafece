/** Says that a tree cannot continue in its folder, and what to do. `why` is a sentence. */
export function cannotGoOn(why: string): string {
  return `Start a new tree in another folder, because this one cannot go on. ${why}`;
}
