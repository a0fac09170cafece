/** Finds the replacement of a model that its provider no longer has, with the sentence that says so. */
import { isIn, nearestName } from "./names";
import { rowOf, tableNames } from "./table";

/**
 * Returns the model that replaces `model`: the one that its provider recommends, else the nearest by family and
 * version; null when nothing is alike. `known`: the models of its provider; absent: those of the table.
 */
export function nearestModel(model: string, known?: readonly string[]): string | null {
  const provider = model.slice(0, Math.max(0, model.indexOf("/")));
  const names = known ?? tableNames(provider).filter((name) => rowOf(name)?.retiresAt === null);
  return recommended(model, names) ?? nearestName(model, names);
}

/**
 * Returns the model that a name without a valid provider may mean: a model of that name, else the one spelled most
 * alike, of any provider of the table; null when nothing is alike.
 */
export function nearestOfAll(name: string): string | null {
  const ending = name.slice(name.indexOf("/") + 1);
  const providers = [...new Set(tableNames().map((name) => name.slice(0, name.indexOf("/"))))];
  const found = providers.flatMap((provider) => {
    const meant = `${provider}/${ending}`;
    const nearest = rowOf(meant)?.retiresAt === null ? meant : nearestModel(meant);
    return nearest === null ? [] : [{ nearest, isSame: nearest === meant }];
  });
  return (found.find(({ isSame }) => isSame) ?? found[0])?.nearest ?? null;
}

/** Follows the providers' recommendations, because a replacement may itself be gone by now. */
function recommended(model: string, names: readonly string[]): string | null {
  const seen = new Set([model]);
  for (let next = rowOf(model)?.replacedBy; next && !seen.has(next); next = rowOf(next)?.replacedBy) {
    if (isIn(names, next)) return next;
    seen.add(next);
  }
  return null;
}

/** Says what to do when the provider itself refused a model. */
export function goneAdvice(replacement: string): string {
  return `Switch to ${replacement}.`;
}

/** Says that a provider does not have a model, and what to use instead. */
export function goneSentence(model: string, nearest: string | null): string {
  const existed = rowOf(model) !== null;
  const gone = existed ? `${model} no longer exists.` : `${model} does not exist.`;
  return `${gone} ${nearest ? `${existed ? "Switch to" : "Use"} ${nearest}.` : "Choose another model."}`;
}
