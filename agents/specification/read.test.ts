import { expect, test } from "vitest";
import { specificationTexts } from "@/core/specification/testing/texts";
import { readSpecification, viewOf } from "./read";

test("the three files become one view with its trace, and nothing is wrong in it", async () => {
  const view = viewOf(await readSpecification(specificationTexts(), "final"));
  expect(view).toMatchObject({
    title: "Studio bookings",
    language: "en",
    entities: [{ name: "booking", fields: 2 }],
    faults: [],
  });
  expect(view.requirements.map(({ id, kind }) => [id, kind])).toEqual([
    ["R1", "functional"],
    ["R2", "functional"],
    ["N1", "quality"],
  ]);
  expect(view.trace.requirements[0]).toMatchObject({ operations: ["POST /bookings"], gaps: [] });
  expect(view.operations.map(({ key }) => key)).toContain("DELETE /bookings/{booking_id}");
});

test("a service that keeps nothing needs no model", async () => {
  const { faults } = await readSpecification({ ...specificationTexts(), model: null }, "draft");
  expect(faults).toEqual([]);
});

test.each<[string, Parameters<typeof readSpecification>[0], string]>([
  ["no OpenAPI document", { ...specificationTexts(), openapi: null }, "openapi.yaml: The file is missing: write it."],
  [
    "no YAML",
    { ...specificationTexts(), specification: "title: [" },
    "spec/specification.yaml: The document is not valid YAML",
  ],
  [
    "another form",
    { ...specificationTexts(), specification: "title: T\nrequirements: [{ id: ../R1, text: T }]" },
    "spec/specification.yaml: requirements.0.id must be an id such as R1 or N1.",
  ],
  [
    "an unknown field",
    { ...specificationTexts(), specification: "title: T\nrun: rm" },
    "spec/specification.yaml: the file has no field run.",
  ],
  [
    "an entity that is none",
    { ...specificationTexts(), model: "entities: { Booking: { fields: { a: { type: text } } } }" },
    'spec/model.yaml: The entity "Booking" needs another name',
  ],
  [
    "a reference to a stranger",
    specificationTexts(({ openapi }) => Object.assign(openapi, { paths: { "/a": { $ref: "https://example.org/a" } } })),
    "openapi.yaml: ",
  ],
  [
    "a file of any size",
    { ...specificationTexts(), model: "a".repeat(1_000_001) },
    "spec/model.yaml: It has more than",
  ],
])("%s is named with its file", async (_what, texts, sentence) => {
  const view = viewOf(await readSpecification(texts, "draft"));
  expect(view.faults.map(({ text }) => text).join(" ")).toContain(sentence);
});
