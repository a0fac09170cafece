import { expect, test } from "vitest";
import { documentOf } from "./entities";
import { modelOf } from "./model/model";

const name = { type: "text", required: true };

test("entities become a document whose operations are all understood", () => {
  const document = documentOf(
    {
      entities: {
        author: { fields: { name } },
        book: { fields: { title: name, author_id: { type: "reference", to: "author" } } },
      },
    },
    "books",
  );
  const model = modelOf(document);
  expect(model.unwritten).toEqual([]);
  expect(model.operations.map(({ key }) => key)).toContain("PATCH /books/{book_id}");
  expect(model.resources.find(({ file }) => file === "books")?.references).toEqual([
    { property: "author_id", resource: "authors" },
  ]);
});

test.each<[unknown, string]>([
  [{}, "not valid at entities"],
  [{ entities: {} }, "There is no entity"],
  [{ entities: { Author: { fields: { name } } } }, 'The entity "Author" needs another name'],
  [{ entities: { author: { fields: { "a b": name } } } }, 'The field "author.a b" needs another name'],
  [{ entities: { author: { fields: {} } } }, "The entity author has no field"],
  [{ entities: { author: { fields: { id: name } } } }, "The field author.id is one that each entity has by itself"],
  [{ entities: { author: { fields: { name: { type: "word" } } } } }, "not valid at entities.author.fields.name"],
  [
    { entities: { a: { fields: { b_id: { type: "reference", to: "b" } } } } },
    'The field a.b_id refers to "b", which is no entity: use a.',
  ],
  [{ entities: { a: { fields: { n: { type: "integer", least: 5, most: 1 } } } } }, "has a least value of 5"],
  [{ entities: { book: { fields: { name } }, books: { fields: { name } } } }, "would both be at /books"],
])("the entities %j are refused", (given, sentence) => {
  expect(() => documentOf(given, "x")).toThrow(sentence);
});
