import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { AsWritten } from "./as-written";
import { isWithinBounds } from "./markdown-bounds";
import { OutsideLink } from "./outside-link";

/**
 * Markdown from models and tools, which are not trusted. Raw HTML stays text. The library drops URLs other than http,
 * https and mailto. Images are never loaded, because their URL could leak data. A link first shows where it leads.
 * A relative link becomes plain text, because it would lead into Banyan itself.
 */
const COMPONENTS: Components = {
  // The page uses h1 and h2 itself, so headings in a text start at h3.
  h1: "h3",
  h2: "h4",
  h3: "h5",
  h4: "h6",
  h5: "h6",
  a: ({ href, children }) =>
    /^(https?|mailto):/i.test(href ?? "") ? (
      <OutsideLink href={href ?? ""}>{children}</OutsideLink>
    ) : (
      <span>{children}</span>
    ),
  img: ({ alt, src }) => (
    <span className="text-ink-2">
      [image{alt ? `: ${alt}` : ""}
      {typeof src === "string" && src ? `, ${src.slice(0, 120)}` : ""}]
    </span>
  ),
};
const PLUGINS = [remarkGfm];

/** Returns the elements of a text in Markdown; text that the parser could not bear is shown as it is written. */
export function MarkdownBody({ text }: { text: string }) {
  if (!isWithinBounds(text)) return <AsWritten text={text} />;
  return (
    <ReactMarkdown remarkPlugins={PLUGINS} components={COMPONENTS}>
      {text}
    </ReactMarkdown>
  );
}
