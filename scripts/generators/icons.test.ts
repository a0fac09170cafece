import { expect, test } from "vitest";
import { GLYPHS } from "@/components/ui/glyphs/glyphs";
import { glyphsOf } from "./icons";

test("the icons are those of the installed lucide; `npm run icons` updates them", () => {
  expect(GLYPHS).toEqual(glyphsOf());
});
