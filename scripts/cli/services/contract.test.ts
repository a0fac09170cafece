import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import type { ContractReport } from "@/core/contract/report";
import { PLANTED } from "@/lib/contract/testing/planted";
import { REPORTS_YAML } from "@/lib/contract/testing/reports-document";
import { startReports } from "@/lib/contract/testing/reports-server";
import type { HttpFixture } from "@/lib/mcp/testing/http-server";
import { banyan, buildPrograms, startBanyan } from "@/scripts/testing/command-line";

buildPrograms();
const folder = mkdtempSync(path.join(tmpdir(), "banyan-contract-"));
const file = path.join(folder, "openapi.yaml");
const older = path.join(folder, "older.yaml");
writeFileSync(file, REPORTS_YAML);
writeFileSync(older, REPORTS_YAML.replace("1.3.0", "1.2.1").replace("maxLength: 1000", "maxLength: 2000"));
afterAll(() => rmSync(folder, { recursive: true }));

let service: HttpFixture | undefined;
afterEach(async () => {
  await service?.stop();
  service = undefined;
});

const contract = (...args: string[]) => banyan(["service", "contract", ...args]);

test("a service that keeps to its document exits with 0, and one that does not with 1 and a command that shows it", async () => {
  service = await startReports();
  const clean = await contract(
    file,
    "--url",
    `${service.origin}/`,
    "--requests",
    "150",
    "--header",
    "Authorization: s3cret",
  );
  expect([clean.status, clean.stderr]).toEqual([0, ""]);
  expect(clean.stdout).toMatch(/^Damage reports 1\.3\.0, 7 operations\n/);
  expect(clean.stdout).toMatch(/\nThe contract holds\.\n$/);
  await service.stop();
  service = await startReports(PLANTED["500 on malformed JSON"]);
  const args = [file, "--url", service.origin, "--requests", "150", "--header", "Authorization: s3cret"];
  const broken = await contract(...args);
  expect(broken.status).toBe(1);
  expect(broken.stdout).toContain("✗ POST /reports answered 500 to a request whose body is malformed.");
  expect(broken.stdout).toContain(`curl -i -X POST '${service.origin}/reports'`);
  expect(broken.stdout).toContain('-H "authorization: $AUTHORIZATION"');
  expect(broken.stdout).not.toContain("s3cret");
  const { outcome, probe } = JSON.parse((await contract(...args, "--json")).stdout) as ContractReport;
  expect([outcome, probe?.findings[0]?.code]).toEqual(["broken", "server-error"]);
  expect(JSON.stringify(probe)).not.toContain("s3cret");
});

test("an older document alone names what changed", async () => {
  const broken = await contract(file, "--against", older);
  expect(broken.status).toBe(1);
  expect(broken.stdout).toContain("breaking Reason is limited more in requests: maxLength 2000 → 1000.");
  const back = await contract(older, "--against", file, "--json");
  expect((JSON.parse(back.stdout) as ContractReport).against?.changes.map(({ code }) => code)).toContain(
    "response-limit-loosened",
  );
  const same = await contract(file, "--against", file);
  expect([same.status, same.stdout.includes("breaking: nothing")]).toEqual([0, true]);
});

test("wrong use exits with 2 and one sentence", async () => {
  const foreign = path.join(folder, "foreign.yaml");
  writeFileSync(foreign, REPORTS_YAML.replace("#/components/schemas/Kind", "https://example.com/kind.yaml#/Kind"));
  const cases: [string[], RegExp][] = [
    [[file], /^Give the address of a service with --url/],
    [[foreign, "--against", file], /refers to another document/],
    [[file, "--url", "ftp://example.com"], /start it with http/],
    [[file, "--url", "http://a:b@127.0.0.1"], /must not contain a password/],
    [[file, "--url", "http://127.0.0.1:1"], /^Nothing answers at http:\/\/127\.0\.0\.1:1/],
    [[file, "--url", "http://127.0.0.1:1", "--header", "s3cret"], /^A --header is written "Name: value"/],
    [[file, "--url", "http://127.0.0.1:1", "--requests", "0"], /^--requests cannot be "0"/],
    [[path.join(folder, "none.yaml"), "--against", file], /it does not exist/],
  ];
  for (const [args, sentence] of cases) {
    const { status, stdout, stderr } = await contract(...args);
    expect([status, stdout, stderr]).toEqual([2, "", expect.stringMatching(sentence)]);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  }
  expect((await banyan(["service", "contact", file])).stderr).toMatch(/^Unknown command 'contact'/);
  expect(await banyan(["service"])).toMatchObject({
    status: 2,
    stderr: "Name one of the commands in this group: see --help.\n",
  });
});

test("a mock answers until it is interrupted", async () => {
  const mock = startBanyan(["service", "mock", file, "--json"]);
  await mock.says("}\n");
  const { url } = JSON.parse(mock.output.stdout.split("\n")[0] ?? "") as { url: string };
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  mock.child.kill("SIGINT");
  const { status, stdout } = await mock.done;
  expect([status, stdout.split("\n")[1]]).toEqual([0, '{"method":"GET","path":"/healthz","status":200}']);
});
