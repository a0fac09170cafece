import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createRedactor } from "./redact";

const { redact, redactValue } = createRedactor({ values: () => [] });

/** Invented in two parts, so that repository scanners do not take them for real keys. */
const SECRETS: Record<string, string> = {
  "Anthropic key": `sk-ant-${"api03-AbCdEf0123456789_-AbCdEf0123456789"}`,
  "API key": `sk-${"proj-AbCdEf0123456789AbCdEf0123456789"}`,
  "GitHub token": `ghp_${"AbCdEf0123456789AbCdEf0123456789abcd"}`,
  "GitLab token": `glpat-${"AbCdEf0123456789AbCd"}`,
  "AWS key id": `AKIA${"IOSFODNN7EXAMPLE"}`,
  "Slack token": `xoxb-${"123456789012-abcdefABCDEF"}`,
  "Google key": `AIza${"SyA0123456789abcdefghijklmnopqrstuv"}`,
  "Banyan token": `byn_${"AbCdEf0123456789AbCdEf0123456789"}`,
  "signed token": `eyJ${"hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0"}`,
};

for (const [name, secret] of Object.entries(SECRETS)) {
  test(`text that looks like a key is redacted, and nothing around it: ${name}`, () => {
    for (const [before, after] of [
      ["", ""],
      ["key: ", " and more"],
      ['{"key":"', '"}'],
      ["日本", "語"],
      ["KEY=", "\n"],
    ])
      expect(redact(before + secret + after)).toBe(`${before}[redacted: ${name}]${after}`);
  });
}

test("passwords and tokens are redacted after a word that announces them", () => {
  const value = "q7Hk2mP9xW4vT8nR5jL1";
  expect(redact(`password=${value}`)).toBe("password=[redacted: password]");
  expect(redact(`"apiKey": "${value}",`)).toBe('"apiKey": "[redacted: password]",');
  expect(redact(`AWS_SECRET_ACCESS_KEY = '${value}'`)).toBe("AWS_SECRET_ACCESS_KEY = '[redacted: password]'");
  expect(redact(`Authorization: Bearer ${value}`)).toBe("Authorization: Bearer [redacted: authorization]");
  expect(redact(`git clone https://ann:${value}@host/x`)).toBe("git clone https://ann:[redacted: password]@host/x");
});

test("a private key is redacted completely, also in JSON, and without its end", () => {
  const lines = Array.from({ length: 20 }, (_, line) => `MIIE${"abcdEFGH01234567".repeat(3)}${line}`).join("\n");
  const begin = "-----BEGIN RSA PRIVATE KEY-----";
  const key = `${begin}\n${lines}\n-----END RSA PRIVATE KEY-----`;
  expect(redact(`before\n${key}\nafter`)).toBe("before\n[redacted: private key]\nafter");
  expect(JSON.parse(redact(JSON.stringify({ key, next: 1 })))).toEqual({ key: "[redacted: private key]", next: 1 });
  expect(redact(`${begin}\n${lines}\n\nand more words`)).toBe("[redacted: private key]\n\nand more words");
  const certificate = key.replaceAll("RSA PRIVATE KEY", "CERTIFICATE");
  expect(redact(certificate)).toBe(certificate);
});

test("ordinary text stays unchanged, byte by byte", () => {
  for (const text of [
    "The token = createTokenFromRequestHeader(request, options) is made here.",
    "const password = process.env.DATABASE_PASSWORD_OF_PRODUCTION;",
    "class sk-loading-indicator-for-large-screens { secret: string }",
    `https://user:password@example.org and https://user:$${"{PASSWORD_OF_HOST}"}@host`,
    "It begins with -----BEGIN PRIVATE KEY----- and then come lines of base64.",
    "password: ****************",
    "token: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "integrity sha512-Zm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFy/Zm9vYmFy+g==",
    "commit 1f0c6a8f5a4b4f0e9b7e7a3f2d1c0b9a8f7e6d5c",
    "\ud800 half a character, \0 and \u0007",
    ...["package-lock.json", "db/schema/schema.ts", "README.md", ".env.example"].map((file) =>
      readFileSync(file, "utf8"),
    ),
  ])
    expect(redact(text) === text, text.slice(0, 80)).toBe(true);
});

test("every text in a JSON value is redacted, and an unaffected value is the same object", () => {
  const plain = { a: ["b", 1, null, { c: true }] };
  expect(redactValue(plain)).toBe(plain);
  const key = SECRETS["GitHub token"];
  expect(redactValue({ a: [`x ${key}`], b: 2 })).toEqual({ a: ["x [redacted: GitHub token]"], b: 2 });
});

test("short values and redaction's own words are not redacted", () => {
  const known = createRedactor({
    values: () => ["secret7", "redacted", "[redacted"].map((value) => ({ name: "short", value })),
  });
  const text = "secret7 is [redacted: other]";
  expect(known.redact(text)).toBe(text);
});

test("a long value is found by any large part of it, and redacted once", () => {
  const value = Array.from({ length: 400 }, (_, at) => (at * 7_919).toString(36)).join("");
  const known = createRedactor({ values: () => [{ name: "long", value }] });
  expect(known.redact(`a ${value} b`)).toBe("a [redacted: long] b");
  expect(known.redact(`a ${value.slice(100, 900)} b`)).toContain("[redacted: long]");
});

test("a text of many megabytes is processed in pieces, with the same result", () => {
  const known = createRedactor({ values: () => [{ name: "a", value: "correct horse battery" }] });
  const part = `${"some words ".repeat(9_999)}correct horse battery\n`;
  const result = known.redact(part.repeat(60));
  expect(result === `${"some words ".repeat(9_999)}[redacted: a]\n`.repeat(60)).toBe(true);
}, 600_000);

test("texts built to be slow are redacted fast", () => {
  const known = createRedactor({ values: () => [{ name: "a", value: "a".repeat(60_000) }] });
  expect(known.redact("a".repeat(60_000))).toBe("[redacted: a]");
  expect(redact("-----BEGIN PRIVATE KEY-----\n".repeat(3_000)).length).toBeGreaterThan(0);
  expect(redact("password: ".repeat(20_000))).toBe("password: ".repeat(20_000));
  const stream = known.redactStream();
  const shown = Array.from({ length: 40 }, () => stream.push("b".repeat(16_384))).join("") + stream.end();
  expect(shown).toBe("b".repeat(40 * 16_384));
}, 600_000);
