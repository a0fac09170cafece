import { expect, test } from "vitest";
import { createRedactor } from "@/lib/secrets/redact";
import { cleanConsole, createCleanLogger } from "./clean-log";

const redactorOf = (name: string, value: string) => createRedactor({ values: () => [{ name, value }] });

test("the log redacts secrets, and every line stays valid JSON", () => {
  const lines: string[] = [];
  const known = [{ name: "openai_api_key", value: 'from "the" environment' }];
  const settings = { logLevel: "info", knownValues: known };
  const { logger, cleanWith } = createCleanLogger(settings, { write: (line) => lines.push(line) });
  logger.error({ err: new Error('failed with from "the" environment') }, "It failed.");
  cleanWith(redactorOf("stored", "correct\nhorse\nbattery"));
  logger.error(
    { body: { nested: "correct\nhorse\nbattery" } },
    Buffer.from("correct\nhorse\nbattery").toString("base64"),
  );
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { msg: "It failed.", err: { message: "failed with [redacted: openai_api_key]", stack: expect.any(String) } },
    { body: { nested: "[redacted: stored]" }, msg: expect.stringMatching(/^\[redacted: stored\].?=*$/) },
  ]);
  expect(lines.join("")).not.toMatch(/environment|horse/);
});

test("console errors and warnings are redacted, including printed error objects", () => {
  const lines: string[] = [];
  const target = {
    error: (...words: unknown[]) => void lines.push(words.join(" ")),
    warn: (...words: unknown[]) => void lines.push(words.join(" ")),
  };
  cleanConsole(redactorOf("stored", "correct-horse"), target);
  target.error("A request failed:", new Error("with correct-horse"));
  target.warn("%s and %d", "correct-horse", 3);
  expect(lines[0]).toMatch(/^A request failed: Error: with \[redacted: stored\]\n\s+at /);
  expect(lines[1]).toBe("[redacted: stored] and 3");
});
