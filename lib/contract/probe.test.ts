import { afterEach, describe, expect, test } from "vitest";
import type { Contract, ContractOperation } from "@/core/contract/contract";
import type { ContractFinding, ProbeReport } from "@/core/contract/findings";
import type { HttpFixture } from "@/lib/mcp/testing/http-server";
import { probe } from "./probe/probe";
import { readContract } from "./read";
import { PLANTED } from "./testing/planted";
import { REPORTS_YAML } from "./testing/reports-document";
import { type Plant, startReports } from "./testing/reports-server";

let service: HttpFixture | undefined;
let contract: Promise<Contract> | undefined;
afterEach(() => service?.stop());

async function probed(plant: Plant, seed: number, requests: number, only?: string): Promise<ProbeReport> {
  service = await startReports(plant);
  contract ??= readContract(REPORTS_YAML);
  const whole = await contract;
  const asked = only === undefined ? whole : { ...whole, operations: whole.operations.filter(belongsTo(only)) };
  return probe(asked, { url: service.origin, requests, seed, headers: {}, milliseconds: 60_000 });
}

/** The operation itself, those of the same path, and the one that makes resources. */
function belongsTo(key: string) {
  return (operation: ContractOperation) =>
    operation.key === "POST /reports" || operation.path === key.slice(key.indexOf(" ") + 1);
}

const placed = ({ code, operation, place, rule }: ContractFinding) =>
  [code, operation, place.replace(/\/\d+\//, "/0/"), ...(rule === undefined ? [] : [rule])].join(" | ");

describe("generated requests", () => {
  test.each([1, 2, 3])("find nothing in a service that keeps to its document, seed %i", async (seed) => {
    const { findings, notes, operations } = await probed({}, seed, 400);
    expect([findings, notes]).toEqual([[], []]);
    expect(operations.map(({ operation }) => operation).sort()).toEqual(
      (await contract)?.operations.map(({ key }) => key).sort(),
    );
  });

  test.each(Object.entries(PLANTED))("find: %s", async (_, { expected, ...plant }) => {
    const { findings } = await probed(plant, 7, 150, expected.split(" | ")[1]);
    const all = findings.map(placed);
    expect(all.includes(expected) ? expected : all).toBe(expected);
  });

  test("name a failure of valid requests once, not again for each broken one", async () => {
    const { findings } = await probed(PLANTED["500 on null in an optional field"] ?? {}, 11, 300, "POST /reports");
    expect(findings.map(placed)).toEqual(["server-error | POST /reports | status"]);
    expect(findings[0]?.text).toBe("POST /reports answered 500 to a valid request.");
    expect(findings[0]?.steps.at(-1)?.curl).toContain('"email":null');
  });

  test("say how often an operation was tried before nothing more could be made for it", async () => {
    let deleted = 0;
    const { notes } = await probed(
      {
        raw({ method }, response) {
          if (method === "DELETE") deleted += 1;
          if (method !== "POST" || deleted < 3) return false;
          response.writeHead(409).end();
          return true;
        },
      },
      5,
      200,
      "DELETE /reports/{id}",
    );
    expect(notes.find(({ code }) => code === "no-resource")?.text).toMatch(
      /^Nothing more could be made or listed for DELETE \/reports\/\{id\} after \d+ valid requests, so not all of its cases were tried\.$/,
    );
  });
});
