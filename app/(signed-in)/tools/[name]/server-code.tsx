import { SectionHead } from "@/components/ui/page/section";
import type { ServerCode } from "@/core/shapes/tools";
import { FoldedText } from "./folded-text";

/** The approved code of a server that an agent wrote, with the output of the test that ran before the approval. */
export function ServerCodeView({ code: { files, test, tested, probe } }: { code: ServerCode }) {
  return (
    <section className="mt-6 first:mt-0" aria-labelledby="code">
      <SectionHead>
        <h2 id="code">Code</h2>
        <span className="text-ink-3">written by an agent; runs exactly as approved</span>
      </SectionHead>
      {files.map(({ path, text }, index) => (
        <FoldedText
          key={path}
          title={<span className="font-mono text-mono wrap-anywhere">{path}</span>}
          text={text}
          open={index === 0 && text.length < 4_000}
        />
      ))}
      <h3 className="mt-4">Test</h3>
      {test === null ? <p className="text-ink-2">No test.</p> : null}
      {test !== null ? (
        <p className="text-ink-2">
          <code>{test}</code>
          {tested === null ? " Its output was deleted with the tree that proposed the server." : ""}
        </p>
      ) : null}
      {tested !== null ? <FoldedText title="Output, run in a clean copy" text={tested} open /> : null}
      {probe ? (
        <p className="mt-2 text-ink-2 text-small">
          Health check: agents get the server only if it answers <code>{probe.tool}</code> with{" "}
          <code className="wrap-anywhere">{JSON.stringify(probe.arguments)}</code>.
        </p>
      ) : null}
    </section>
  );
}
