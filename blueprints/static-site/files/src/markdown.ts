/** Turns the Markdown of a page into HTML. */
import { Marked, type Token, type Tokens } from "marked";

export interface Markdown {
  /** The text of the first heading; empty: there is none. */
  title: string;
  html: string;
  /** Where its links and images lead, as they are written. */
  links: string[];
  /** The ids of its headings. */
  ids: string[];
}

/** `hrefOf` returns where a link leads in the site. */
export function readMarkdown(text: string, hrefOf: (link: string) => string): Markdown {
  const links: string[] = [];
  const ids: string[] = [];
  const marked = new Marked({
    walkTokens: (token: Token) => {
      if (token.type !== "link" && token.type !== "image") return;
      links.push(token.href);
      token.href = hrefOf(token.href);
    },
    renderer: {
      heading({ tokens, depth, text }: Tokens.Heading): string {
        const id = freeId(idOf(text), ids);
        ids.push(id);
        return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
    },
  });
  const first = marked.lexer(text).find((token) => token.type === "heading");
  const html = marked.parse(text, { async: false });
  return { title: first?.type === "heading" ? first.text : "", html, links, ids };
}

/** Returns `how-it-is-made` for `How it is made`. */
function idOf(heading: string): string {
  return heading.toLowerCase().match(/[\p{L}\p{N}]+/gu)?.join("-") ?? "part";
}

function freeId(id: string, taken: string[]): string {
  let free = id;
  for (let number = 2; taken.includes(free); number += 1) free = `${id}-${number}`;
  return free;
}
