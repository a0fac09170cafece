import { afterEach, describe, expect, test } from "vitest";
import { type Mock, startMock } from "./mock";
import { probe } from "./probe/probe";
import { readContract } from "./read";
import { REPORTS_YAML } from "./testing/reports-document";

let mock: Mock;
afterEach(() => mock.stop());

async function started(text = REPORTS_YAML): Promise<Mock> {
  mock = await startMock(await readContract(text), { port: 0 });
  return mock;
}

const ID = "7f0c07ff-74c7-459f-817b-5973535118aa";

describe("a mock", () => {
  test("keeps to its document, except that it keeps nothing, and the same seed sends the same", async () => {
    const { url } = await started();
    const contract = await readContract(REPORTS_YAML);
    const run = (seed: number) => probe(contract, { url, requests: 150, seed, headers: {}, milliseconds: 60_000 });
    const report = await run(1);
    expect(await run(1)).toEqual(report);
    expect(await run(2)).not.toEqual(report);
    expect([...new Set(report.findings.map(({ code }) => code))].sort()).toEqual([
      "still-there-after-delete",
      "unknown-id-accepted",
    ]);
  });

  test("answers one resource with the id that was asked for, and the same each time", async () => {
    const { url } = await started();
    const get = async () => (await fetch(`${url}/reports/${ID}`)).json();
    const first = await get();
    expect(first).toMatchObject({ id: ID });
    expect(await get()).toEqual(first);
  });

  test("answers with the example of the document, and with the status that is preferred", async () => {
    const { url } = await started(`
openapi: 3.1.0
info: { title: A, version: "1" }
paths:
  /a:
    get:
      responses:
        "200": { description: ok, content: { application/json: { schema: { type: string }, example: "from the document" } } }
        "503": { description: down }
`);
    expect(await (await fetch(`${url}/a`)).json()).toBe("from the document");
    expect((await fetch(`${url}/a`, { headers: { prefer: "code=503" } })).status).toBe(503);
  });

  test("refuses what the document does not allow", async () => {
    const { url } = await started();
    const status = async (path: string, init?: RequestInit) => {
      const answer = await fetch(url + path, init);
      return [answer.status, answer.headers.get("content-type")];
    };
    const problem = "application/problem+json";
    const post = (body: string, type = "application/json") => ({
      method: "POST",
      body,
      headers: { "content-type": type },
    });
    expect(await status("/reports?limit=0")).toEqual([422, problem]);
    expect(await status("/reports", post("{}"))).toEqual([422, problem]);
    expect(await status("/reports", post("{"))).toEqual([400, problem]);
    expect(await status("/reports", post("<a/>", "text/xml"))).toEqual([415, problem]);
    expect(await status("/nothing")).toEqual([404, problem]);
    expect(await status("/reports", { method: "DELETE" })).toEqual([405, problem]);
    expect(await status("/reports/%")).toEqual([422, problem]);
  });
});
