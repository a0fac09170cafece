import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { PartOfChange } from "@/core/shapes/forges";
import { PartLinks } from "./part-links";

const PART: PartOfChange = {
  folder: "lib",
  host: "github.com",
  kind: "github",
  state: "merged",
  why: null,
  pull: { number: 5, url: "https://github.com/acme/lib/pull/5" },
  gates: null,
};

test("each change has a link as its forge calls it, and its state; an address elsewhere becomes no link", () => {
  const markup = renderToStaticMarkup(
    <PartLinks
      parts={[
        PART,
        {
          ...PART,
          folder: "app",
          host: "gitlab.com",
          kind: "gitlab",
          state: "open",
          pull: { number: 7, url: "https://gitlab.com/acme/app/-/merge_requests/7" },
        },
        { ...PART, folder: "site", state: "closed", pull: { number: 2, url: "https://elsewhere.test/2" } },
        { ...PART, folder: "docs", state: "working", pull: null },
      ]}
    />,
  );
  const links = [...markup.matchAll(/href="([^"]*)"[^>]*>([^<]*)</g)].map(([, address, name]) => [name, address]);
  expect(links).toEqual([
    ["lib #5", "https://github.com/acme/lib/pull/5"],
    ["app !7", "https://gitlab.com/acme/app/-/merge_requests/7"],
  ]);
  expect(markup.replaceAll(/<[^>]*>/g, "|").replaceAll(/\|+/g, "|")).toBe(
    "|lib #5| merged|app !7| in review|site #2| closed|docs not offered yet|",
  );
});
