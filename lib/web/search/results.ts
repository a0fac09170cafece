import { withoutInvisible } from "@/lib/web/pages/page-text";
import type { SearchResult } from "./provider";

const MAX_TITLE_CHARACTERS = 200;
const MAX_SNIPPET_CHARACTERS = 600;
const MAX_URL_CHARACTERS = 2000;

interface Found {
  title?: string | null;
  url?: string | null;
  snippet?: string | null;
}

/** Returns results in a safe form: http and https pages, each once, without markup, with bounded lengths. */
export function tidyResults(found: readonly Found[], count: number): SearchResult[] {
  const results = new Map<string, SearchResult>();
  for (const { title, url, snippet } of found) {
    if (results.size >= count) break;
    if (!url || !/^https?:\/\//i.test(url) || !URL.canParse(url)) continue;
    const { href } = new URL(url);
    if (href.length > MAX_URL_CHARACTERS || results.has(href)) continue;
    results.set(href, {
      title: plain(title ?? "").slice(0, MAX_TITLE_CHARACTERS) || href,
      url: href,
      snippet: plain(snippet ?? "").slice(0, MAX_SNIPPET_CHARACTERS),
    });
  }
  return [...results.values()];
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

/** Removes the tags with which services mark matched words, and decodes entities. */
function plain(text: string): string {
  const untagged = text.replace(/<\/?[a-z][a-z0-9]{0,10}(?:\s[^<>]{0,200})?\/?>/gi, "");
  const decoded = untagged
    .replace(/&(amp|lt|gt|quot|apos|nbsp);/g, (_, name: string) => ENTITIES[name] ?? "")
    .replace(/&#(?:39|x27);/gi, "'");
  return withoutInvisible(decoded).replace(/\s+/g, " ").trim();
}
