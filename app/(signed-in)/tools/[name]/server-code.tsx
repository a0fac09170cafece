import { SectionHead } from "@/components/ui/page/section";
import type { ServerCode } from "@/core/shapes/tools";
import { FoldedText } from "./folded-text";

/** What an agent wrote, as it was approved, and how the host's test of it went before anybody was asked. */
export function ServerCodeView({ code: { files, test, tested, probe } }: { code: ServerCode }) {
  return (
    <section className="mt-6 first:mt-0" aria-labelledby="code">
      <SectionHead>
        <h2 id="code">Its code</h2>
        <span className="text-ink-3">an agent wrote it; it runs as it was approved</span>
      </SectionHead>
      {files.map(({ path, text }, index) => (
        <FoldedText
          key={path}
          title={<span className="font-mono text-mono wrap-anywhere">{path}</span>}
          text={text}
          open={index === 0 && text.length < 4_000}
        />
      ))}
      <h3 className="mt-4">Its test</h3>
      {test === null ? <p className="text-ink-2">None came with it.</p> : null}
      {test !== null ? (
        <p className="text-ink-2">
          <code>{test}</code>
          {tested === null ? " What it put out is not kept any more: the tree of whoever proposed it is gone." : ""}
        </p>
      ) : null}
      {tested !== null ? <FoldedText title="What it put out, in a clean copy" text={tested} open /> : null}
      {probe ? (
        <p className="mt-2 text-ink-2 text-small">
          Before it is offered, it must answer a call of <code>{probe.tool}</code> with{" "}
          <code className="wrap-anywhere">{JSON.stringify(probe.arguments)}</code>.
        </p>
      ) : null}
    </section>
  );
}
