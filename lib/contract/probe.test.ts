import { expect, test } from "vitest";
import { probe } from "./probe/probe";
import { readContract } from "./read";
import { REPORTS_YAML } from "./testing/reports-document";
import { startReports } from "./testing/reports-service";

test("x", async () => {
  const service = await startReports();
  const contract = await readContract(REPORTS_YAML);
  const report = await probe(contract, { url: service.origin, requests: 800, seed: 1, headers: {}, milliseconds: 60000 });
  console.log(JSON.stringify(report, null, 1));
  await service.stop();
});
