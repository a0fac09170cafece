import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import type { Contract, ContractOperation } from "@/core/contract/contract";
import { readContract } from "../read";
import { requestFaults } from "../requests";
import { curlOf, writingFault, written } from "./write";

const BASE = "http://service.example/v1";
const LIST = { type: "array", items: { type: "integer" }, minItems: 2 };
const RANGE = {
  type: "object",
  required: ["from"],
  properties: { from: { type: "integer" }, to: { type: "boolean" } },
};

async function operationWith(parameters: unknown[], path = "/a"): Promise<[Contract, ContractOperation]> {
  const body = { content: { "application/x-www-form-urlencoded": { schema: RANGE } } };
  const contract = await readContract(
    JSON.stringify({
      openapi: "3.1.0",
      info: { title: "A", version: "1" },
      paths: { [path]: { post: { parameters, requestBody: body, responses: { 200: { description: "ok" } } } } },
    }),
  );
  return [contract, contract.operations[0] as ContractOperation];
}

describe("what is written is read again", () => {
  test.each<[string, Record<string, unknown>, unknown, unknown, RegExp]>([
    ["a list, repeated", { in: "query", schema: LIST }, [1, 2], [1], /\?p=1&p=2$/],
    ["a list, in one", { in: "query", explode: false, schema: LIST }, [1, 2], [1], /\?p=1%2C2$/],
    [
      "a list with bars",
      { in: "query", style: "pipeDelimited", explode: false, schema: LIST },
      [1, 2],
      [1],
      /\?p=1%7C2$/,
    ],
    [
      "a list with spaces",
      { in: "query", style: "spaceDelimited", explode: false, schema: LIST },
      [1, 2],
      [1],
      /\?p=1%202$/,
    ],
    [
      "an object, deep",
      { in: "query", style: "deepObject", schema: RANGE },
      { from: 1, to: true },
      { from: "x" },
      /\?p%5Bfrom%5D=1&p%5Bto%5D=true$/,
    ],
    ["an object, as parameters", { in: "query", schema: RANGE }, { from: 1 }, { from: "x" }, /\?from=1$/],
    [
      "an object, as JSON",
      { in: "query", content: { "application/json": { schema: RANGE } } },
      { from: 1 },
      { to: true },
      /\?p=%7B/,
    ],
    ["a number in the path", { in: "path", required: true, schema: { type: "integer", minimum: 3 } }, 3, 2, /\/3$/],
    ["a list in a header", { in: "header", schema: LIST }, [1, 2], [1], /\/a$/],
    ["a number in a cookie", { in: "cookie", schema: { type: "integer", minimum: 3 } }, 3, 2, /\/a$/],
  ])("%s", async (_, given, valid, broken, url) => {
    const place = String(given.in);
    const [contract, operation] = await operationWith([{ name: "p", ...given }], place === "path" ? "/a/{p}" : "/a");
    const faultsWith = (value: unknown) => {
      const request = written(BASE, operation, { parameters: { [`${place} p`]: value }, body: null }, {});
      expect(request?.url.startsWith(BASE)).toBe(true);
      return request && [request.url, requestFaults(contract, operation, request, BASE)?.map((fault) => fault.place)];
    };
    expect(faultsWith(valid)).toEqual([expect.stringMatching(url), []]);
    expect(faultsWith(broken)?.[1]).toContain(`${place} p`);
  });

  test("a form", async () => {
    const [contract, operation] = await operationWith([]);
    const faultsOf = (value: unknown) => {
      const body = { type: "application/x-www-form-urlencoded", value };
      const request = written(BASE, operation, { parameters: {}, body }, {});
      return request && requestFaults(contract, operation, request, BASE)?.map(({ place }) => place);
    };
    expect([faultsOf({ from: 1, to: true }), faultsOf({ to: true }), faultsOf({ from: 1, to: "yes" })]).toEqual([
      [],
      ["body/from"],
      ["body/to"],
    ]);
  });
});

test("values that would change the path or begin a header are not sent, and styles that are not written are named", async () => {
  const [, inPath] = await operationWith(
    [{ name: "p", in: "path", required: true, schema: { type: "string" } }],
    "/a/{p}",
  );
  const [, inHeader] = await operationWith([{ name: "p", in: "header", schema: { type: "string" } }]);
  expect(written(BASE, inPath, { parameters: { "path p": ".." }, body: null }, {})).toBeNull();
  expect(written(BASE, inHeader, { parameters: { "header p": "a\r\nx: 1" }, body: null }, {})).toBeNull();
  const [, matrix] = await operationWith(
    [{ name: "p", in: "path", required: true, style: "matrix", schema: { type: "string" } }],
    "/a/{p}",
  );
  expect([writingFault(inPath), writingFault(matrix)]).toEqual([null, "its parameter p has the style matrix"]);
});

test("a command sends exactly the request, whatever is in it, and no secret", () => {
  const body = `{"a": "it's $HOME \`id\` \\ \n\u0001 \u200b\u{e0041}\u0085  😀"}`;
  const request = { method: "POST", url: `${BASE}/a?x=1&y='`, headers: { "x-a": "!", authorization: "s3cret" }, body };
  const command = curlOf(request, new Set(["authorization"]));
  expect(command).not.toContain("s3cret");
  const script = `curl() { printf '%s\\0' "$@"; }; AUTHORIZATION=given; ${command}`;
  const sent = execFileSync("bash", ["-c", script], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C.UTF-8" },
  }).split("\0");
  expect(sent).toEqual([
    "-i",
    "-X",
    "POST",
    request.url,
    "-H",
    "x-a: !",
    "-H",
    "authorization: given",
    "--data-raw",
    body,
    "",
  ]);
});
