/**
 * Which server and command line the tests start: those of this checkout, or those of the folder that BANYAN_UNDER_TEST
 * names and that is built there. So the tests of one version judge another version from outside (`docs/gates.md`).
 */
import path from "node:path";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** Returns the folder under test; null when it is this checkout. */
export function otherUnderTest(): string | null {
  return process.env.BANYAN_UNDER_TEST || null;
}

/** The folder whose programs are started. */
export function folderUnderTest(): string {
  return otherUnderTest() ?? ROOT;
}

/** Returns the program and arguments that run Node on the folder under test: apart from the tests, if the gates say how. */
export function nodeUnderTest(args: string[]): { file: string; args: string[] } {
  const apart = process.env.BANYAN_APART;
  if (otherUnderTest() === null || !apart) return { file: process.execPath, args };
  return { file: apart, args: [process.execPath, ...args] };
}
