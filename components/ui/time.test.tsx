import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { Elapsed } from "./time";

const textOf = (markup: string) => markup.replaceAll(/<[^>]*>/g, "");

test("a time that there is not leaves its cell empty for the eye, and a sentence names it", () => {
  const cell = renderToStaticMarkup(<Elapsed since={null} until={null} />);
  expect(cell).toContain("sr-only");
  expect(textOf(cell)).toBe("not started");
  expect(renderToStaticMarkup(<Elapsed since={null} until={null} isNamed />)).toBe("not started");
  const [since, until] = ["2026-01-01T00:00:00.000Z", "2026-01-01T00:04:00.000Z"];
  expect(renderToStaticMarkup(<Elapsed since={since} until={until} />)).toBe("4 m");
  // The server does not know when the page is read.
  expect(renderToStaticMarkup(<Elapsed since={since} until={null} />)).toBe("");
});

test("no page and no command writes a dash where a value is missing", () => {
  const found = ["app", "components", "core/words", "scripts/cli"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => /\.tsx?$/.test(file) && !/\.test\./.test(file))
      .flatMap((file) =>
        readFileSync(join(folder, file), "utf8")
          .split("\n")
          .filter((line) => /[?|:] ?"[–—-]"|>[–—]</.test(line) && !line.includes("off: "))
          .map((line) => `${folder}/${file}: ${line.trim()}`),
      ),
  );
  expect(found).toEqual([]);
});
