/** Reads fields of requests and answers that nobody has checked. */
import type { Json, Media } from "./form";

export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns the objects of a list; nothing for any other value. */
export function objectsIn(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isJson) : [];
}

export function kept(body: Json, names: ReadonlySet<string>): Json {
  return Object.fromEntries(Object.entries(body).filter(([name]) => names.has(name)));
}

/** No reply has as many. A larger figure is a provider's fault, and could not be added up or stored. */
const MOST_TOKENS = 100_000_000;

/** Returns a whole number of tokens; undefined for anything else. */
export function tokensOf(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 && value <= MOST_TOKENS ? Math.ceil(value) : undefined;
}

/** Returns the limit that a request gives its output, or null: a limit of zero or below is none. */
export function limitOf(...values: unknown[]): number | null {
  const found = values.map(tokensOf).filter((value) => value !== undefined && value > 0) as number[];
  return found.length > 0 ? Math.min(...found) : null;
}

/** The most that one image costs with any of the providers. */
const IMAGE_TOKENS = 8_192;

/** Collects the content of a request other than text, and the first content that is not allowed. */
export class Contents {
  readonly media: Media = { bytes: 0, tokens: 0, isOpen: false };
  problem: string | null = null;

  /** An image that the body holds in base64. */
  image(data: unknown): void {
    this.media.tokens += IMAGE_TOKENS;
    if (typeof data === "string") this.media.bytes += Buffer.byteLength(data);
  }

  /** An image in the body as a `data:` address, or behind another one. */
  imageAt(address: unknown): void {
    if (typeof address === "string" && address.startsWith("data:")) this.image(address);
    else this.open();
  }

  /** Content of unknown size: a document, a sound, or what is behind an address. */
  open(): void {
    this.media.isOpen = true;
  }

  /** The provider keeps files, replies and prompts for its whole account, which all tasks share. */
  stored(what: string): void {
    this.problem ??= `The gateway does not pass on ${what}: what the provider stores belongs to no task. Send the content itself.`;
  }

  /** Returns the tools of a request. Something else in their place could hold one that nobody has looked at. */
  tools(given: unknown): Json[] {
    if (given === undefined || given === null) return [];
    const isList = Array.isArray(given) && given.every(isJson);
    if (!isList) this.problem ??= "The gateway does not pass on these tools: they must be a list of objects.";
    return objectsIn(given);
  }

  /** A tool that the provider runs, outside of the sandbox and at a price that no limit of tokens bounds. */
  providerTool(name: string): void {
    this.problem ??= `The gateway does not pass on the tool ${name}, which the provider runs itself. Switch it off.`;
  }
}

const SHOWN_CHARS = 60;

/** Returns a word of the request in a form that can stand in a sentence. */
export function shown(value: unknown): string {
  return String(value)
    .replace(/[^\w./:-]/g, "?")
    .slice(0, SHOWN_CHARS);
}
