/** Reads the names that providers give their models: family, version, snapshot; and finds the nearest of several. */

const datedEnding = /-(?:\d{8}|\d{4}-\d{2}-\d{2})$/;
const movingEnding = /(?:-latest|:latest)$/;

/**
 * Returns the name without the date of a snapshot or `latest`. Names with other endings are other models. Anthropic's
 * `claude-opus-4-0` is another name of `claude-opus-4`.
 */
export function baseName(model: string): string {
  return model
    .replace(datedEnding, "")
    .replace(movingEnding, "")
    .replace(/-(\d+)-0$/, "-$1");
}

/** Whether a list of a provider's models holds the model: itself, a snapshot of it, or a pattern such as `openai/*`. */
export function isIn(listed: readonly string[], model: string): boolean {
  if (listed.includes(model)) return true;
  if (listed.some((pattern) => pattern.endsWith("*") && model.startsWith(pattern.slice(0, -1)))) return true;
  // A snapshot is only itself: when it is gone, newer snapshots of the same model say nothing about it.
  return !datedEnding.test(model) && listed.some((name) => baseName(name) === baseName(model));
}

interface Parts {
  provider: string;
  /** The words of the name in alphabetical order: `claude sonnet`, `gpt mini`. */
  family: string;
  words: string[];
  version: number[];
}

function partsOf(model: string): Parts {
  const slash = model.indexOf("/");
  const words: string[] = [];
  const version: number[] = [];
  for (const token of baseName(model.slice(slash + 1).toLowerCase()).split(/[-_/:@]+|\.(?=[a-z])/)) {
    // qwen3 and o3 are a word and a version; 4o is a version and a word; 30b is a size.
    const [, before = "", number = "", after = ""] = /^([a-z]*)(\d+(?:\.\d+)*)?(.*)$/.exec(token) ?? [];
    if (after === "b") words.push(`${number}b`);
    else version.push(...number.split(".").filter(Boolean).map(Number));
    words.push(...[before, after === "b" ? "" : after].filter(Boolean));
  }
  return { provider: model.slice(0, slash), family: words.toSorted().join(" "), words, version };
}

/** Whether two names differ only in their version. */
export function isSameFamily(left: string, right: string): boolean {
  const [a, b] = [partsOf(left), partsOf(right)];
  return a.provider === b.provider && a.family === b.family;
}

/** Compares two names of a family, the older version first. */
export function byVersion(left: string, right: string): number {
  const [a, b] = [partsOf(left).version, partsOf(right).version];
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  // The name without a date before its snapshots.
  return right.length - left.length;
}

/** Names that share less than this part of their pairs of letters are not alike. */
const LEAST_LIKENESS = 0.4;

/**
 * Returns the model of `known` that comes nearest to `model`, which none of them is: of the same family the next newer
 * version, else the newest; else the name that is spelled most alike. null when none is alike.
 */
export function nearestName(model: string, known: readonly string[]): string | null {
  const { provider } = partsOf(model);
  const others = known.filter((name) => name !== model && name.startsWith(`${provider}/`) && !name.endsWith("*"));
  const family = others.filter((other) => isSameFamily(other, model)).toSorted(byVersion);
  const newer = family.find((relative) => byVersion(relative, model) > 0 && baseName(relative) !== baseName(model));
  const same = newer ?? family.at(-1);
  if (same !== undefined) return same;
  const [best] = others
    .map((name) => ({ name, likeness: likeness(name, model) }))
    .toSorted((a, b) => b.likeness - a.likeness || byVersion(b.name, a.name));
  return best && best.likeness >= LEAST_LIKENESS ? best.name : null;
}

/** Returns how many pairs of letters two names share, from 0 to 1 (Dice's coefficient), without their provider. */
function likeness(left: string, right: string): number {
  const [a, b] = [pairsOf(left), pairsOf(right)];
  const shared = [...a].filter((pair) => b.has(pair)).length;
  return (2 * shared) / Math.max(1, a.size + b.size);
}

function pairsOf(model: string): Set<string> {
  const name = baseName(model.slice(model.indexOf("/") + 1).toLowerCase());
  return new Set(Array.from({ length: Math.max(0, name.length - 1) }, (_, at) => name.slice(at, at + 2)));
}
