/** Names for code and files from the texts of a document, which may hold anything. */

const MOST_CHARACTERS = 60;
/** Words of the language, names that every object has, and names that the made files use themselves. */
const TAKEN_VALUES = new Set(
  `abstract any arguments as async await boolean break case catch class const constructor continue debugger declare default
  delete do else enum eval export extends false finally for from function get hasOwnProperty if implements import in
  infer instanceof interface is isPrototypeOf keyof let module namespace never new null number object of operations package
  private propertyIsEnumerable protected prototype public readonly require return set static store string super switch symbol
  this throw toLocaleString toString true try type typeof undefined unique unknown valueOf var void while with yield
  body call headers item items key page params query test`.split(/\s+/),
);
const TAKEN_TYPES = new Set(
  `Answer Array BigInt Boolean Buffer Call Collection Date Error Function Infinity Iterator JSON Map Math NaN Never
  Number Object Operations Page Partial Pick Problem Promise Proxy Readonly Record Reflect RegExp Required Set Store
  String Symbol Value`.split(/\s+/),
);

/** Returns the words of a text, such as `list`, `all`, `pets` of `listAll_pets`. */
function wordsOf(text: string): string[] {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean)
    .map((word) => word.toLowerCase());
}

const capital = (word: string) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;

/** Returns `listAllPets`; `fallback` for a text without a letter. */
export function camelName(text: string, fallback: string): string {
  const [first = fallback, ...rest] = wordsOf(text);
  const name = [first, ...rest.map(capital)].join("").slice(0, MOST_CHARACTERS);
  const usable = /^[0-9]/.test(name) ? `${fallback}${name}` : name;
  return TAKEN_VALUES.has(usable) ? `${usable}Here` : usable;
}

/** Returns `PetOwner`. */
export function typeName(text: string, fallback: string): string {
  const name = wordsOf(text).map(capital).join("").slice(0, MOST_CHARACTERS) || fallback;
  const usable = /^[0-9]/.test(name) ? `${fallback}${name}` : name;
  return TAKEN_TYPES.has(usable) ? `${usable}Data` : usable;
}

/** Returns `pet-owners`: a name of a file or folder, which leads nowhere else. */
export function fileName(text: string, fallback: string): string {
  return wordsOf(text).join("-").slice(0, MOST_CHARACTERS).replace(/-$/, "") || fallback;
}

/** Returns the name, with a number if it is taken; names that differ in case only are one name to some file systems. */
export function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let number = 2; taken.has(free.toLowerCase()); number += 1) free = `${name}${number}`;
  taken.add(free.toLowerCase());
  return free;
}

/** Returns the singular of a plural English word as it is usually made. */
export function singular(word: string): string {
  if (/(s|x|z|ch|sh)es$/i.test(word)) return word.slice(0, -2);
  if (/ies$/i.test(word)) return `${word.slice(0, -3)}y`;
  return /[^s]s$/i.test(word) ? word.slice(0, -1) : word;
}

/** Returns the plural of an English word as it is usually made. */
export function plural(word: string): string {
  if (singular(word) !== word) return word;
  if (/[^aeiou]y$/i.test(word)) return `${word.slice(0, -1)}ies`;
  return /(s|x|z|ch|sh)$/i.test(word) ? `${word}es` : `${word}s`;
}

/** Whether two names are one in different spellings, such as `petId` and `pet_id`. */
export function isSameName(one: string, other: string): boolean {
  return wordsOf(one).join("") === wordsOf(other).join("");
}
