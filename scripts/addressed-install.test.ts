import { expect, test } from "vitest";
import { withAddresses } from "./addressed-install.mjs";

test("a package's address is that of its scope's registry, and what the lock says stays", () => {
  const packages = {
    "": { name: "own", version: "1.0.0" },
    "node_modules/plain": { version: "1.2.3-beta.1" },
    "node_modules/plain/node_modules/@a/scoped": { version: "2.0.0+build.7" },
    "node_modules/@b/scoped": { version: "3.0.0" },
    "node_modules/alias": { name: "@b/real", version: "4.0.0" },
    "node_modules/said": { version: "5.0.0", resolved: "https://elsewhere.example/said.tgz" },
    "node_modules/linked": { resolved: "packages/linked", link: true },
    "node_modules/of-a-link": { link: true },
  };
  const settings = { registry: "https://registry.example/npm", "@b:registry": "https://b.example/" };
  const made = withAddresses({ lockfileVersion: 3, packages }, settings);
  expect(made.lockfileVersion).toBe(3);
  expect(Object.values(made.packages).map((entry) => ("resolved" in entry ? entry.resolved : undefined))).toEqual([
    undefined,
    "https://registry.example/npm/plain/-/plain-1.2.3-beta.1.tgz",
    "https://registry.example/npm/@a/scoped/-/scoped-2.0.0.tgz",
    "https://b.example/@b/scoped/-/scoped-3.0.0.tgz",
    "https://b.example/@b/real/-/real-4.0.0.tgz",
    "https://elsewhere.example/said.tgz",
    "packages/linked",
    undefined,
  ]);
});
