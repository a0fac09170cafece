/** Text of strangers on its way to an agent, and text of agents on its way to a forge. Pure. */
import { withoutDisguise } from "@/core/words/visible";

const MOST_CHARACTERS = 20_000;
/** A forge reads nothing across it, and people do not see it. */
const GAP = "\u200b";

/** Returns the text as a quotation, cut, so that none of it can be read as the words around it. */
export function quoted(text: string, most = MOST_CHARACTERS): string {
  const plain = text.replaceAll("\r\n", "\n").trim();
  const shown = plain.length > most ? `${plain.slice(0, most)}\n… (cut here, ${plain.length} characters)` : plain;
  return shown
    .split("\n")
    .map((line) => `> ${line}`.trimEnd())
    .join("\n");
}

/**
 * Returns what an agent has written so that a forge acts on none of it: it names nobody (`@`), refers to and closes no
 * issue (`#`, `!`, `GH-7` and `GL-7`, `[issue:7]`, addresses), runs no command of another program (`/` at the beginning of a line), and hides nothing.
 */
export function withoutEffect(text: string): string {
  return text
    .replaceAll("<!--", `<${GAP}!--`)
    .replace(/[@#!](?=[\p{L}\p{N}_])/gu, (sign) => sign + GAP)
    .replace(/\b(G[HL])-(?=\d)/gi, `$1${GAP}-`)
    .replace(/\[(?=[\w-]+:)/g, `[${GAP}`)
    .replaceAll("://", `:${GAP}//`)
    .replace(/^([\p{Zs}\t\v\f\ufeff>]*)\//gmu, `$1${GAP}/`);
}

/** Returns a text on one line, of at most so many characters. */
export function oneLine(text: string, most: number): string {
  const line = withoutDisguise(text).replace(/\s+/g, " ").trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}
