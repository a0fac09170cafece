/** The time of day as every page shows it, in the reader's time zone: 00:05, 17:28. */

// Each takes longer to make than to use. `hourCycle`, because `hour12: false` makes midnight 24:00 in some languages.
const MINUTES = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const SECONDS = new Intl.DateTimeFormat([], {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

export function clockTime(at: Date | number, withSeconds = false): string {
  return (withSeconds ? SECONDS : MINUTES).format(at);
}
