/**
 * Makes another place for a repeated run, which reveals code that behaves well only where it is checked. The wall clock
 * is the machine's own; only its time zone differs.
 */
import { randomInt } from "node:crypto";
import type { SandboxPlace } from "@/lib/sandbox/port";

/** In the notation of POSIX, which needs no database of time zones. Node reads only whole hours. */
const ZONES = ["AAA+9", "BBB-5", "CCC+3", "DDD-12", "EEE-2", "FFF+11"];

/** Returns a place that nobody can guess: another folder, account, host, time zone and order of what is unordered. */
export function elsewhere(): SandboxPlace {
  const name = word();
  const home = `${pick(["/home", "/users", "/srv", "/data", `/${word()}`])}/${name}`;
  return {
    folder: [home, ...Array.from({ length: randomInt(1, 4) }, word)].join("/"),
    home,
    user: { name, id: randomInt(1100, 60_000) },
    host: word(),
    env: {
      USER: name,
      LOGNAME: name,
      EMAIL: `${name}@example.com`,
      TERM: "dumb",
      TZ: pick(ZONES),
      PYTHONHASHSEED: `${randomInt(1, 1_000_000)}`,
      GOFLAGS: "-shuffle=on",
    },
  };
}

function pick<Item>(items: readonly Item[]): Item {
  return items[randomInt(items.length)] as Item;
}

const [CONSONANTS, VOWELS] = ["bcdfghklmnprstvwz", "aeiou"].map((letters) => [...letters]) as [string[], string[]];

/** Returns a word that a person could have chosen. */
function word(): string {
  return Array.from({ length: randomInt(2, 5) }, () => pick(CONSONANTS) + pick(VOWELS)).join("");
}
