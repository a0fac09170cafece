import { describe, expect, test } from "vitest";
import { offeredAnswers } from "@/core/offered-answers";
import { readAnswer } from "./answer";
import { isRefused, readForm, type ServerForm } from "./form";
import { visibleJson } from "./plain";
import { permissionText, questionText } from "./question";

function given(properties: object, required: string[] = [], message = "Which one?") {
  return { mode: "form", message, requestedSchema: { type: "object", properties, required } };
}

function formOf(properties: object, required?: string[], message?: string): ServerForm {
  const form = readForm(given(properties, required, message));
  if (isRefused(form)) throw new Error(form.why);
  return form;
}

const ASKER = { server: "trains", tool: "book" };
const FIELDS = {
  seats: { type: "integer", minimum: 1, maximum: 4, title: "Seats" },
  class: { type: "string", enum: ["1", "2"], enumNames: ["First", "Second"], description: "Of the coach." },
  mail: { type: "string", format: "email" },
  extras: {
    type: "array",
    items: {
      anyOf: [
        { const: "bike", title: "Bicycle" },
        { const: "dog", title: "Dog" },
      ],
    },
  },
  window: { type: "boolean", default: true },
};

describe("a form", () => {
  test("without fields asks for permission, in the words of the server, marked as its words", () => {
    const form = formOf({}, [], "Delete it?\n- yes\n\nNow.");
    expect(permissionText(ASKER, form)).toBe(
      "During its tool book, the server trains asks for permission to go on:\n\n> Delete it?\n> - yes\n> \n> Now.",
    );
    expect(permissionText({ server: "trains", tool: null }, form)).toMatch(/^The server trains asks for permission/);
  });

  test("with several fields says what each is, and how to answer", () => {
    const form = formOf(FIELDS, ["seats", "class"]);
    expect(questionText(ASKER, form, null)).toBe(
      [
        "During its tool book, the server trains asks:",
        "> Which one?",
        "It wants these values:",
        [
          "- `seats` (“Seats”): whole number (1 to 4), required.",
          "- `class`: one of the allowed values, required. “Of the coach.” Allowed: `1` (“First”), `2` (“Second”).",
          "- `mail`: e-mail address, optional.",
          "- `extras`: any of the allowed values, optional. Allowed: `bike` (“Bicycle”), `dog` (“Dog”).",
          "- `window`: true or false, optional. Proposed: `true`.",
        ].join("\n"),
        'Answer with one JSON object, such as `{"seats":1,"class":"1","mail":"…","extras":["bike"],"window":true}`',
        "The answer goes to the server and stays in the log: no passwords and no keys.",
        "To decline, answer: decline",
      ].join("\n\n"),
    );
    expect(offeredAnswers(questionText(ASKER, form, null), null)).toEqual([]);
  });

  test("with one choice offers its values and to decline", () => {
    const size = {
      size: {
        type: "string",
        oneOf: [
          { const: "s", title: "Small" },
          { const: "l", title: "Large" },
        ],
      },
    };
    const text = questionText(ASKER, formOf(size, ["size"], "Which?\n\n- a trap"), null);
    expect(offeredAnswers(text, null)).toEqual(["s", "l", "decline"]);
    const sure = questionText(ASKER, formOf({ sure: { type: "boolean" } }), "it is no number");
    expect(offeredAnswers(sure, null)).toEqual(["true", "false", "decline"]);
    expect(sure).toMatch(/^The last answer does not fit: it is no number\. The server has not seen it\./);
  });

  test("does not offer a value that a person cannot send as it is shown", () => {
    const text = questionText(ASKER, formOf({ a: { type: "string", enum: ["x\ny", " z", "decline", "plain"] } }), null);
    expect(offeredAnswers(text, null)).toEqual(["plain", "decline"]);
    expect(text).toContain('Allowed: `"x\\ny"`, `" z"`, `decline`, `plain`.');
  });

  test("cannot format its words, or end their quotation", () => {
    const field = { type: "string", title: "a” b", description: "c”. Answer with all." };
    expect(questionText(ASKER, formOf({ "__x` y": field }), null)).toContain(
      '- `` __x` y `` (“a" b”): text, optional. “c". Answer with all.”',
    );
  });

  test("is cleaned of what a person cannot see", () => {
    const form = formOf({ a: { type: "string", title: "A\u202Eb\nc" } }, [], "Hi\u200B\r\nthere\u0007");
    expect(form).toMatchObject({ message: "Hi\nthere", fields: [{ title: "Ab c" }] });
    expect(visibleJson({ a: "\u202Eb\u{E0041}" })).toBe('{\n "a": "\\u202eb\\udb40\\udc41"\n}');
  });

  test("keeps only the known keywords of a schema", () => {
    const strange = { type: "string", pattern: "(a+)+$", $ref: "#/x", minLength: 2, format: "regex", default: {} };
    expect(formOf({ a: strange }).fields).toMatchObject([{ schema: { type: "string", minLength: 2 }, type: "text" }]);
    expect(formOf({ a: strange }).fields[0]?.proposed).toBeUndefined();
  });
});

describe("a form is refused", () => {
  test.each([
    [{ mode: "url", message: "", url: "https://x.test/" }, "wants a person to open a page"],
    [{ message: "No fields" }, "is not a form of the protocol"],
    [{ ...given({}), mode: "voice" }, "is not a form of the protocol"],
    [given({ a: { type: "object" } }), "is not a form of the protocol"],
    [given({ a: { type: "array", items: { type: "string" } } }), "is not a form of the protocol"],
    [given({}, ["a"]), "requires a field that it does not have"],
    [given({}, [], "x".repeat(5_000)), "has a message of more than 4000 characters"],
    [given({}, [], "x".repeat(50_000)), "has more than 32000 characters"],
    [given({ "a\u202E": { type: "string" } }), "has a field with a name that cannot be shown"],
    [given({ a: { type: "string", description: "x".repeat(600) } }), "describes a field with more than 500"],
    [given({ a: { type: "string", enum: Array.from({ length: 101 }, String) } }), "has a field with more than 100"],
    [given(Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`f${n}`, { type: "string" }]))), "more than 20"],
  ])("that is none, or too large (%#)", (params, why) => {
    const form = readForm(params);
    expect(isRefused(form) && form.why).toContain(why);
  });

  test.each([
    ["password", {}],
    ["userPassword", {}],
    ["api_key", {}],
    ["value", { title: "Your API token" }],
    ["value", { description: "The secret of the webhook" }],
    ["pin", {}],
    ["value", { format: "password" }],
    ["value", { writeOnly: true }],
  ])("that asks for a secret (%s %j)", (name, more) => {
    expect(readForm(given({ [name]: { type: "string", ...more } }))).toEqual({
      isInvalid: false,
      why: "asks for a password, a key or another secret",
    });
  });

  test.each([
    ["max_tokens", { type: "integer" }],
    ["token", { type: "string", enum: ["BTC", "ETH"] }],
    ["secretary", { type: "string" }],
    ["keyboard", { type: "string" }],
    ["message", { type: "string", description: "The message to pin." }],
  ])("but not for %s %j", (name, field) => {
    expect(isRefused(readForm(given({ [name]: field })))).toBe(false);
  });
});

describe("an answer", () => {
  const readField = (field: object, answer: string) => readAnswer(formOf({ it: field }, ["it"]), answer);
  const values = (it: unknown) => ({ means: "values", content: { it } });

  test("to one field is its value, plain or as JSON", () => {
    expect(readField({ type: "string" }, " Rīga ")).toEqual(values("Rīga"));
    expect(readField({ type: "string" }, '{"it": "Rīga"}')).toEqual(values("Rīga"));
    expect(readField({ type: "string" }, '{"other": 1}')).toEqual(values('{"other": 1}'));
    expect(readField({ type: "integer" }, "3")).toEqual(values(3));
    expect(readField({ type: "number" }, "-1.5")).toEqual(values(-1.5));
    expect(readField({ type: "boolean" }, "Yes")).toEqual(values(true));
    expect(readField({ type: "boolean" }, "false")).toEqual(values(false));
    expect(readField({ type: "array", items: { enum: ["a", "b", "c"] } }, "a, c")).toEqual(values(["a", "c"]));
    expect(readField({ type: "array", items: { enum: ["a", "b", "c"] } }, '["b"]')).toEqual(values(["b"]));
    const named = {
      type: "string",
      oneOf: [
        { const: "s", title: "Small" },
        { const: "l", title: "Large" },
      ],
    };
    expect(readField(named, "l")).toEqual(values("l"));
    expect(readField(named, "Large")).toEqual(values("l"));
  });

  test("declines with the word, also where a value has the same name", () => {
    expect(readField({ type: "string" }, " Decline\n")).toEqual({ means: "decline" });
    expect(readField({ type: "string", enum: ["decline", "x"] }, "decline")).toEqual({ means: "decline" });
    expect(readField({ type: "string", enum: ["decline", "x"] }, '{"it":"decline"}')).toEqual(values("decline"));
  });

  test("that does not fit is a problem in words", () => {
    const misfit = (field: object, answer: string) => {
      const read = readField(field, answer);
      return read.means === "nothing" ? read.problem : read;
    };
    expect(misfit({ type: "integer", maximum: 4 }, "5")).toContain("must be <= 4");
    expect(misfit({ type: "integer" }, "1.5")).toContain("must be integer");
    expect(misfit({ type: "integer" }, "many")).toContain("must be integer");
    expect(misfit({ type: "boolean" }, "maybe")).toContain("must be boolean");
    expect(misfit({ type: "string", enum: ["a"] }, "b")).toContain("must be equal to one of the allowed values");
    expect(misfit({ type: "string", format: "email" }, "nobody")).toContain('must match format "email"');
    expect(misfit({ type: "string", minLength: 3 }, "ab")).toContain("must NOT have fewer than 3 characters");
    expect(misfit({ type: "string" }, "{}")).toBe("it is required");
    const form = formOf(FIELDS, ["seats"]);
    expect(readAnswer(form, "3")).toMatchObject({
      problem: "it is not a JSON object, and the form has several fields",
    });
    expect(readAnswer(form, '{"class": "1"}')).toMatchObject({ problem: "seats is required" });
    expect(readAnswer(form, '{"seats": 1, "coach": 2}')).toMatchObject({ problem: "the form has no field coach" });
    expect(readAnswer(form, '{"seats": {"a": 1}}')).toMatchObject({ means: "nothing" });
  });

  test("may leave out what is optional", () => {
    const form = formOf(FIELDS, ["seats"]);
    expect(readAnswer(form, '{"seats": 2, "mail": null, "extras": ["Dog"]}')).toEqual({
      means: "values",
      content: { seats: 2, extras: ["dog"] },
    });
    expect(readAnswer(formOf({ note: { type: "string" } }), "{}")).toEqual({ means: "values", content: {} });
  });
});
