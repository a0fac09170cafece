import fs from "node:fs";
import path from "node:path";
import { zipSync } from "fflate";
import { afterEach, expect, test } from "vitest";
import { createFixture, type Fixture, found, gateIn } from "./testing/fixture";

let fixture: Fixture;
afterEach(() => fixture?.end());

const only = { only: ["vulnerabilities"] };

/** After the form of osv.dev. */
function osv(id: string, ecosystem: string, name: string, more: object = {}): object {
  const events = [{ introduced: "0" }, { fixed: "1.2.6" }];
  const type = ecosystem === "PyPI" ? "ECOSYSTEM" : "SEMVER";
  return {
    schema_version: "1.6.0",
    id,
    modified: "2026-11-20T10:00:00Z",
    summary: "It can be made to run forever.",
    affected: [{ package: { ecosystem, name }, ranges: [{ type, events }] }],
    database_specific: { severity: "HIGH" },
    ...more,
  };
}
function data(name: string, ...entries: object[]): void {
  const files = entries.map((entry) => [`${(entry as { id: string }).id}.json`, JSON.stringify(entry)] as const);
  const folder = path.join(fixture.base, "data");
  fs.mkdirSync(folder, { recursive: true });
  if (name.endsWith(".zip"))
    fs.writeFileSync(
      path.join(folder, name),
      zipSync(Object.fromEntries(files.map(([at, text]) => [at, Buffer.from(text)]))),
    );
  else for (const [at, text] of files) fs.writeFileSync(path.join(folder, at), text);
}
const lock = (packages: Record<string, string>) =>
  JSON.stringify({
    lockfileVersion: 3,
    packages: Object.fromEntries(
      Object.entries(packages).map(([name, version]) => [`node_modules/${name}`, { version }]),
    ),
  });
const SETTINGS = "vulnerabilities: { osv: ../data }\n";

test("a vulnerability that the base lacks is a fault, in a folder and in a zip, and one that it has is a note", async () => {
  fixture = createFixture({ ".banyan/gates.yaml": SETTINGS, "package-lock.json": lock({ left: "1.0.0" }) });
  data("folder", osv("GHSA-1", "npm", "left"), osv("GHSA-2", "npm", "other", { withdrawn: "2026-01-01T00:00:00Z" }));
  data(
    "all.zip",
    osv("PYSEC-1", "PyPI", "jinja2", { aliases: ["CVE-1"], database_specific: {} }),
    osv("GHSA-3", "PyPI", "Jinja2", { aliases: ["CVE-1"] }),
  );
  fixture.put("package-lock.json", lock({ left: "1.0.1", other: "1.0.0" }));
  fixture.put("requirements.txt", "Jinja2==1.2.5\nfine==1.0\nloose\n");
  const report = await fixture.judge(only);
  expect(found(report, "vulnerabilities", "fault")).toEqual([
    "requirements.txt: jinja2 1.2.5 has a known vulnerability, CVE-1, GHSA-3, PYSEC-1 (high): It can be made to run forever. Fixed in 1.2.6.",
  ]);
  expect(found(report, "vulnerabilities", "note")).toEqual([
    "package-lock.json: left 1.0.1 has a known vulnerability, GHSA-1 (high): It can be made to run forever. Fixed in 1.2.6. The base has it too.",
    "requirements.txt: Not looked up: 1 requirement without an exact version.",
  ]);
  expect(gateIn(report, "vulnerabilities").summary).toBe(
    "4 packages, 2 at high or above, 1 new. The data is of 2026-11-20.",
  );
  fixture.put("requirements.txt", "Jinja2==1.2.6\n");
  expect(gateIn(await fixture.judge(only), "vulnerabilities").outcome).toBe("passed");
});

test("what is rated lower passes, and what is malicious or not rated does not", async () => {
  fixture = createFixture({ ".banyan/gates.yaml": SETTINGS, "package-lock.json": lock({}) });
  data(
    "folder",
    osv("GHSA-1", "npm", "low", { database_specific: { severity: "MODERATE" } }),
    osv("MAL-1", "npm", "bad", { database_specific: {} }),
    osv("X-1", "npm", "unrated", { database_specific: null }),
  );
  fixture.put("package-lock.json", lock({ low: "1.0.0", bad: "1.0.0", unrated: "1.0.0" }));
  const faults = found(await fixture.judge(only), "vulnerabilities", "fault");
  expect(faults.map((text) => /: (\w+) .*\((.*)\)/.exec(text)?.slice(1))).toEqual([
    ["bad", "critical"],
    ["unrated", "not rated"],
  ]);
});

test("without data nothing is measured: none, none of the ecosystem, or data that a change could edit", async () => {
  fixture = createFixture({ ".banyan/gates.yaml": SETTINGS, "package-lock.json": lock({ left: "1.0.0" }) });
  const said = async () => {
    const { outcome, summary } = gateIn(await fixture.judge(only), "vulnerabilities");
    expect(outcome).toBe("not_measured");
    return summary;
  };
  expect(await said()).toMatch(/^The data cannot be read: There is no folder and no zip .*data\.$/);
  data("folder", osv("PYSEC-1", "PyPI", "jinja2"));
  expect(await said()).toBe("There is no data about packages of npm.");
  data("all.zip", osv("GHSA-1", "npm", "right"));
  expect(gateIn(await fixture.judge(only), "vulnerabilities").outcome).toBe("passed");
  fixture.put("Gemfile.lock", "GEM\n");
  expect(await said()).toBe("Gemfile.lock: this gate does not read lockfiles of this kind.");
  fs.writeFileSync(path.join(fixture.base, "data", "bad.zip"), "PK");
  expect(await said()).toMatch(/^The data cannot be read: .*bad\.zip/);
  fixture.put(".banyan/gates.yaml", "vulnerabilities: { osv: data }\n");
  fixture.put("data/GHSA-1.json", "{}");
  fixture.commit();
  expect(await said()).toBe("data holds files of the repository, which a change could edit; keep the data elsewhere.");
  fixture.put(".banyan/gates.yaml", "vulnerabilities: { osv: data, hosts: [example.org] }\n");
  fixture.commit();
  await expect(fixture.judge(only)).rejects.toThrow("name either hosts or osv");
});

test("a Gemfile.lock that the change leaves as it is brings nothing new", async () => {
  fixture = createFixture({ ".banyan/gates.yaml": SETTINGS, "Gemfile.lock": "GEM\n", "Cargo.lock": "version = 4\n" });
  data("folder", osv("RUSTSEC-1", "crates.io", "a"));
  const entry =
    '\n[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n';
  fixture.put("Cargo.lock", `version = 4\n${entry.replace("1.0.0", "1.2.6")}`);
  expect(gateIn(await fixture.judge(only), "vulnerabilities").outcome).toBe("passed");
  fixture.put("Cargo.lock", `version = 4\n${entry}`);
  expect(found(await fixture.judge(only), "vulnerabilities", "fault")).toHaveLength(1);
});
