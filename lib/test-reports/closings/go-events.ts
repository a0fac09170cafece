/** The events of `go test -json`, a line each. */
import { goReading } from "./compiled";
import type { Reading } from "./runner";

const OUTCOMES: Readonly<Record<string, string>> = { pass: "PASS", fail: "FAIL", skip: "SKIP" };

/** Returns the tests of each package. */
export function goEventsIn(lines: readonly string[]): (Reading & { failing: string[] })[] {
  const packages = new Map<string, { outcome: string; name: string }[]>();
  const begun = new Set<string>();
  for (const line of lines) {
    if (!line.startsWith('{"Time":"') || !line.includes('"Action":"')) continue;
    const event = eventIn(line);
    if (event?.action === "run") begun.add(`${event.of} ${event.name}`);
    const outcome = OUTCOMES[event?.action ?? ""];
    // What a test prints may look like the end of another one, which nobody began.
    if (!event || outcome === undefined || !begun.has(`${event.of} ${event.name}`)) continue;
    const tests = packages.get(event.of) ?? [];
    packages.set(event.of, tests);
    tests.push({ outcome, name: event.name });
  }
  return [...packages.values()].map((tests) => ({
    ...goReading(tests),
    failing: tests.filter(({ outcome }) => outcome === "FAIL").map(({ name }) => name),
  }));
}

function eventIn(line: string): { of: string; name: string; action: string } | null {
  try {
    const { Action: action, Package: of, Test: name } = JSON.parse(line) as Record<string, unknown>;
    return typeof action === "string" && typeof of === "string" && typeof name === "string"
      ? { of, name, action }
      : null;
  } catch {
    return null;
  }
}
