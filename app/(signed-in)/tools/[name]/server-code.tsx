import type { ServerCode } from "@/agents/core/shapes-tools";
import { FoldedText } from "./folded-text";

/** What an agent wrote, as it was approved, and how the host's test of it went before anybody was asked. */
export function ServerCodeView({ code: { files, test, tested, probe } }: { code: ServerCode }) {
  return (
    <section className="sect" aria-labelledby="code">
      <header>
        <h2 id="code">Its code</h2>
        <span className="faint">an agent wrote it; it runs as it was approved</span>
      </header>
      {files.map(({ path, text }, index) => (
        <FoldedText
          key={path}
          title={<span className="mono wrapany">{path}</span>}
          text={text}
          open={index === 0 && text.length < 4_000}
        />
      ))}
      <h3 className="mt-4">Its test</h3>
      {test === null ? <p className="dim">None came with it.</p> : null}
      {test !== null ? (
        <p className="dim">
          <code>{test}</code>
          {tested === null ? " What it put out is not kept any more: the tree of whoever proposed it is gone." : ""}
        </p>
      ) : null}
      {tested !== null ? <FoldedText title="What it put out, in a clean copy" text={tested} open /> : null}
      {probe ? (
        <p className="small dim mt-2">
          Before it is offered, it must answer a call of <code>{probe.tool}</code> with{" "}
          <code className="wrapany">{JSON.stringify(probe.arguments)}</code>.
        </p>
      ) : null}
    </section>
  );
}
