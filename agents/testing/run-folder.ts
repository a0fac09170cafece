/** A folder for one run of the tests: what one file made there, the others use. It lies in the checkout, where programs find their packages. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    runFolder: string;
  }
}

export default function makeRunFolder(project: TestProject): () => void {
  const dist = path.resolve("dist");
  mkdirSync(dist, { recursive: true });
  const folder = mkdtempSync(path.join(dist, "test-"));
  project.provide("runFolder", folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
