/** Finds the environment that a person or a program names. */
import { UserError } from "@/agents/application";
import type { Environments, StoredEnvironment } from "@/db/environments/environments";

const MOST_NAMED = 5;

/**
 * Returns it by its id, its name where no other project has one of that name, `PROJECT/NAME`, or a prefix of its id that no
 * other has. Throws UserError not_found.
 */
export function environmentCalled({ all }: Pick<Environments, "all">, given: string): StoredEnvironment {
  const known = all();
  const whole = known.find(({ uid, project, name }) => uid === given || `${project}/${name}` === given);
  if (whole) return whole;
  const called = known.filter(({ name }) => name === given);
  const [only] = called;
  if (only !== undefined && called.length === 1) return only;
  const begun = called.length > 0 || given === "" ? [] : known.filter(({ uid }) => uid.startsWith(given));
  const [first] = begun;
  if (first !== undefined && begun.length === 1) return first;
  const shown = JSON.stringify(given.slice(0, 100));
  const names = (called.length > 0 ? called : known).map(({ project, name }) => `${project}/${name}`);
  const some = names.slice(0, MOST_NAMED).join(", ") + (names.length > MOST_NAMED ? ", …" : "");
  if (called.length > 0)
    throw new UserError("not_found", `Several projects have an environment ${shown}: name ${some}.`);
  if (begun.length > 1)
    throw new UserError("not_found", `More than one environment begins with ${shown}: give more characters.`);
  const there = names.length === 0 ? "make one with `banyan service env up PROJECT`" : `there are ${some}`;
  throw new UserError("not_found", `There is no environment ${shown}: ${there}.`);
}
