/** A folder that the test files of one run share. It is in the checkout, so that programs there find their packages. */
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
