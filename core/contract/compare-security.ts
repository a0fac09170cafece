/** Compares what signs in to an operation. */
import type { OperationChange } from "./changes";

type Choice = Record<string, string[]>;

/**
 * A client keeps working when one of the new choices needs no more than the choice that it uses. An empty choice, or no
 * choice at all, means that nobody has to sign in.
 */
export function compareSecurity(
  before: readonly Choice[],
  after: readonly Choice[],
  operation: string,
  add: (code: OperationChange, text: string) => void,
): void {
  const [old, now] = [choicesOf(before), choicesOf(after)];
  const lost = old.filter((choice) => !now.some((other) => needsNoMore(other, choice)));
  const gained = now.filter((choice) => !old.some((other) => needsNoMore(other, choice)));
  if (lost.some(isOpen)) {
    add("security-added", `${operation} now needs a sign-in: ${now.map(nameOf).join(" or ")}.`);
    return;
  }
  for (const choice of lost)
    add("security-choice-removed", `${operation} no longer accepts the sign-in ${nameOf(choice)}.`);
  if (gained.some(isOpen)) add("security-removed", `${operation} needs no sign-in any more.`);
  else if (lost.length === 0)
    for (const choice of gained)
      add("security-choice-added", `${operation} also accepts the sign-in ${nameOf(choice)}.`);
}

function choicesOf(choices: readonly Choice[]): readonly Choice[] {
  return choices.length === 0 ? [{}] : choices;
}

function isOpen(choice: Choice): boolean {
  return Object.keys(choice).length === 0;
}

function needsNoMore(less: Choice, more: Choice): boolean {
  return Object.entries(less).every(([scheme, scopes]) => {
    const given = Object.hasOwn(more, scheme) ? more[scheme] : undefined;
    return given?.every !== undefined && scopes.every((scope) => given.includes(scope));
  });
}

function nameOf(choice: Choice): string {
  const names = Object.entries(choice).map(([scheme, scopes]) => {
    return scopes.length === 0 ? scheme : `${scheme} (${scopes.join(", ")})`;
  });
  return names.join(" and ") || "of nobody";
}
