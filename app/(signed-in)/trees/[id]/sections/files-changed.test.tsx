import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { RunByOthers } from "./files-changed";

const file = { change: "added", additions: 1, deletions: 0 } as const;

test("a file that other programs run is named with the program; without such files nothing is shown", () => {
  const shown = renderToStaticMarkup(<RunByOthers files={[{ ...file, path: ".envrc", run_by: "direnv, at once" }]} />);
  expect(shown).toContain("Other programs run this file automatically");
  expect(shown).toContain(".envrc");
  expect(shown).toContain("direnv, at once");
  expect(renderToStaticMarkup(<RunByOthers files={[{ ...file, path: "a", run_by: null }]} />)).toBe("");
});
