/** The table of forms (`tests/browser/forms-table.ts`) knows every form of the source, and no other. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ELSEWHERE, FORMS, HARMLESS } from "./browser/forms-table";

/** A form, or code that makes a form: the hook, and components that contain a form. */
const MAKES_A_FORM = /<form\b|\buseForm\(\)|<(AskForm|ValuesForm|SaveForm|ReadForm|ServerForm)\b/;
const HOOK = "components/ui/forms/use-form.tsx";

const root = join(import.meta.dirname, "..");

function formsInSource(): string[] {
  return ["app", "components"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .map((file) => `${folder}/${file}`)
      .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file) && file !== HOOK)
      .filter((file) => MAKES_A_FORM.test(readFileSync(join(root, file), "utf8"))),
  );
}

test("every form has a row that fills it wrongly, or a reason why it cannot be wrong", () => {
  const known = [...FORMS.flatMap(({ files }) => files), ...Object.keys(HARMLESS), ...ELSEWHERE];
  const found = formsInSource();
  expect(found.filter((file) => !known.includes(file))).toEqual([]);
  expect(known.filter((file) => !found.includes(file))).toEqual([]);
});

test("a new form is found", () => {
  for (const source of ["<form onSubmit={send}>", "const form = useForm();", "<ValuesForm label='x' />"])
    expect(source).toMatch(MAKES_A_FORM);
});
