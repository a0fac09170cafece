/** Plays every case below this folder against one served release. A new report is a folder, not code: README.md. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, test } from "vitest";
import { startServedRelease } from "@/tests/served/release";
import { readCases } from "./case";
import { faultOf } from "./expected";
import { playCase, type Stage } from "./play";
import { scriptOf } from "./scripted";

const cases = readCases(import.meta.dirname);
const plays: Stage["plays"] = new Map();
let stage: Stage;

/** Answers each request with its method, address, headers and body as JSON. */
const echo = createServer(async (request, response) => {
  const { method, url, headers } = request;
  const body = await text(request);
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ method, url, headers, body }));
});

beforeAll(async () => {
  await new Promise<void>((resolve) => echo.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(echo.address() as AddressInfo).port}`;
  const release = await startServedRelease(scriptOf(plays), { BANYAN_PRIVATE_HOSTS: host });
  stage = { release, plays, echo: `http://${host}` };
});

afterAll(async () => {
  await stage?.release.stop();
  echo.closeAllConnections();
  echo.close();
});

describe.concurrent("cases from the world", () => {
  for (const fieldCase of cases)
    test(fieldCase.name, async () => {
      const answers = await playCase(stage, fieldCase);
      const faults = fieldCase.expect.flatMap((expectation) => faultOf(answers, expectation) ?? []);
      if (faults.length > 0) throw new Error(faults.join("\n"));
    });
});
