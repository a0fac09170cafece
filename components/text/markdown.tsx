import { memo } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";

/**
 * Text of models and tools. Raw HTML stays text, addresses other than http, https and mailto are dropped by the library,
 * pictures are never fetched (their address could carry data out), and a link tells its target nothing.
 */
const COMPONENTS: Components = {
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noreferrer noopener nofollow" className="link" title={href}>
      {children}
    </a>
  ),
  img: ({ alt, src }) => (
    <span className="dim">
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
