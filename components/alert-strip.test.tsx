import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { AlertStrip } from "./alert-strip";

test("each alert has a line, with its command as code", () => {
  const markup = renderToStaticMarkup(
    <AlertStrip
      alerts={[
        { what: "disk", percent: 95, sentence: "The disk is full.", remedy: "Run `a <b>` or `c`, then wait." },
        { what: "memory", percent: 91, sentence: "Memory is short.", remedy: "Add some." },
      ]}
    />,
  );
  const lines = markup.split("<li").slice(1);
  expect(lines).toHaveLength(2);
  expect(lines[0]).toContain("Run <code>a &lt;b&gt;</code> or <code>c</code>, then wait.</span>");
  expect(lines[0]).toContain('title="The disk is full. Run a &lt;b&gt; or c, then wait."');
  expect(lines[1]).toContain(">Memory is short.<");
});
