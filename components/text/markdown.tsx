import { memo } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { OutsideLink } from "./outside-link";

/**
 * Text of models and tools. Raw HTML stays text, addresses other than http, https and mailto are dropped by the library,
 * pictures are never fetched (their address could carry data out), and a link opens nothing before somebody has seen where
 * it leads. What names no host is no link: it would lead into Banyan itself.
 */
const COMPONENTS: Components = {
  // The page has its own first and second headings; those of a text stand below them.
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
      [picture{alt ? `: ${alt}` : ""}
      {typeof src === "string" && src ? `, ${src.slice(0, 120)}` : ""}]
    </span>
  ),
};
const PLUGINS = [remarkGfm];

export const Markdown = memo(function Markdown({ text }: { text: string }) {
  return (
    <div className="md">
      <ReactMarkdown remarkPlugins={PLUGINS} components={COMPONENTS}>
        {text}
      </ReactMarkdown>
    </div>
  );
});
