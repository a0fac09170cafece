/** What a unit that fails leads to. Pure. */

interface Placed {
  number: number;
  /** Numbers of the units that it waits for. */
  after: readonly number[];
}

/** Returns the numbers of the units that are planned again when a unit fails, itself first, and of those that are not. */
export function ifItFails(units: readonly Placed[], number: number): { again: number[]; rest: number[] } {
  const again = new Set([number]);
  for (let size = 0; size < again.size; ) {
    size = again.size;
    for (const unit of units) if (unit.after.some((before) => again.has(before))) again.add(unit.number);
  }
  const ordered = units.map((unit) => unit.number);
  return {
    again: [number, ...ordered.filter((one) => one !== number && again.has(one))],
    rest: ordered.filter((one) => !again.has(one)),
  };
}
