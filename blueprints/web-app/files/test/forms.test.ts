/** What a person enters becomes the values that the API takes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyOf, EntryError, enteredOf, formView } from "../src/pages/forms.ts";
import type { Field, Form } from "../src/pages/resource.ts";

const field = (name: string, kind: Field["kind"], more: Partial<Field> = {}): Field => ({
  name,
  label: name,
  kind,
  isRequired: false,
  ...more,
});

const FORM: Form = {
  method: "PATCH",
  type: "application/json",
  fields: [
    field("name", "text", { empty: "" }),
    field("age", "integer", { empty: null, least: 0 }),
    field("open", "boolean"),
    field("size", "choice", { choices: [1, 2] }),
    field("at", "time"),
    field("tags", "json"),
  ],
};

test("each kind of field has a value of its own", () => {
  const entered = { name: "Ann\r\nB", age: "7", open: "false", size: "2", at: "2026-01-02T03:04", tags: '["a"]' };
  const body = bodyOf(FORM, entered);
  assert.deepEqual(body, { name: "Ann\nB", age: 7, open: false, size: 2, at: "2026-01-02T03:04:00Z", tags: ["a"] });
  assert.deepEqual(enteredOf(FORM, body), { ...entered, name: "Ann\nB" });
});

test("an empty field removes a value in a change, where a value can be missing", () => {
  assert.deepEqual(bodyOf(FORM, {}), { name: "", age: null });
  assert.deepEqual(bodyOf({ ...FORM, method: "POST" }, {}), {});
});

test("what is no value of its kind is refused with the name of the field", () => {
  assert.throws(() => bodyOf(FORM, { age: "old" }), new EntryError("age must be a number."));
  assert.throws(() => bodyOf(FORM, { tags: "[" }), new EntryError("tags must be JSON, such as [] or {}."));
});

test("each field of a form has a label, and keeps what was entered", () => {
  const entered = { name: '"><script>', size: "2" };
  const choices = new Map([["name", [{ id: "1", label: "One" }]]]);
  const { text } = formView({ form: FORM, action: "/x", entered, choices, button: "Save" });
  for (const { name } of FORM.fields) {
    assert.ok(text.includes(`<label for="field-${name}">`), name);
    assert.ok(text.includes(` id="field-${name}" name="${name}"`), name);
  }
  assert.ok(text.includes('value="&quot;&gt;&lt;script&gt;"'));
  assert.ok(text.includes("<option selected>2</option>"));
  assert.ok(text.includes('<option value="1">One</option>'));
});
