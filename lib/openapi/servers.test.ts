import { expect, test } from "vitest";
import { readApiDocument } from "./document";
import { requestOf } from "./request";

const get = (more: object = {}) => ({ get: { responses: { 200: { description: "ok" } }, ...more } });

function documentOf(paths: object, servers: object[] = [{ url: "https://api.example.com/v1" }]): string {
  return JSON.stringify({ openapi: "3.0.3", info: { title: "Shop", version: "1" }, servers, paths });
}

async function addressesOf(paths: object, { base = "https://api.example.com/v1", at = "" } = {}): Promise<string[]> {
  const { operations, problems } = await readApiDocument(documentOf(paths), at || undefined);
  const urls = operations.map(({ operation }) => requestOf(base, operation, {}).url.href);
  return [...urls, ...problems];
}

test("the server of an operation, else that of its path, takes its calls; a relative one begins at the API's", async () => {
  const regions = { url: "https://{region}.example.com/r", variables: { region: { default: "eu" } } };
  const paths = {
    "/orders": get(),
    "/uploads": { servers: [{ url: "https://up.example.com/u/" }], ...get() },
    "/regions": { servers: [{ url: "https://up.example.com" }], ...get({ servers: [regions] }) },
    "/files": get({ servers: [{ url: "/upload/v2" }] }),
    "/none": get({ servers: [] }),
  };
  expect(await addressesOf(paths, { base: "https://test.example.com/v1" })).toEqual([
    "https://test.example.com/v1/orders",
    "https://up.example.com/u/uploads",
    "https://eu.example.com/r/regions",
    "https://test.example.com/upload/v2/files",
    "https://test.example.com/v1/none",
  ]);
  expect(await addressesOf({ "/files": paths["/files"] }, { at: "https://docs.example.com/openapi.json" })).toEqual([
    "https://docs.example.com/upload/v2/files",
  ]);
});

test.each([
  ["ftp://files.example.com", /not an http or https address/],
  ["http://api.example.com/v1", /reached without TLS/],
  ["https://user:word@api.example.com", /more than a host and a path/],
  ["https://api.example.com?key=1", /more than a host and a path/],
  ["https://[nowhere", /is not an address/],
])("an operation with the server %s is left out with the reason", async (url, reason) => {
  const { operations, problems } = await readApiDocument(documentOf({ "/a": get({ servers: [{ url }] }) }));
  expect(operations).toEqual([]);
  expect(problems).toEqual([expect.stringMatching(reason)]);
});

test("fields of a form are sent as its encoding says", async () => {
  const content = {
    "application/x-www-form-urlencoded": {
      schema: { type: "object" },
      encoding: {
        metadata: { style: "deepObject", explode: true },
        tags: { style: "form", explode: false },
        words: { style: "spaceDelimited", explode: false },
        raw: { contentType: "application/json" },
      },
    },
  };
  const paths = { "/orders": { post: { requestBody: { content }, responses: { 200: { description: "ok" } } } } };
  const { operations } = await readApiDocument(documentOf(paths));
  const body = {
    amount: 5,
    metadata: { a: "x y", b: "2" },
    tags: ["a", "b"],
    words: ["c", "d"],
    raw: [{ e: 1 }],
    expand: ["f", "g"],
  };
  const operation = operations[0]?.operation;
  expect(operation).toBeDefined();
  if (operation)
    expect(requestOf("https://api.example.com", operation, { body }).body).toBe(
      "amount=5&metadata%5Ba%5D=x+y&metadata%5Bb%5D=2&tags=a%2Cb&words=c+d&raw=%5B%7B%22e%22%3A1%7D%5D&expand=f&expand=g",
    );
});

test("a form with a field of another type is left out with the reason", async () => {
  const encoding = { picture: { contentType: "image/png" } };
  const content = { "application/x-www-form-urlencoded": { schema: { type: "object" }, encoding } };
  const post = { requestBody: { required: true, content }, responses: { 200: { description: "ok" } } };
  const { problems } = await readApiDocument(documentOf({ "/orders": { post } }));
  expect(problems).toEqual([expect.stringMatching(/the field picture of its form is image\/png/)]);
});
