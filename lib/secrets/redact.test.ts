import fc from "fast-check";
import { expect, test } from "vitest";
import { createRedactor } from "./redact";

/** A multiple of five: random texts for the streams, and a fifth of them for each encoding. */
const RUNS = Number(process.env.BANYAN_REDACTION_RUNS ?? 500);

const redactorOf = (...values: string[]) =>
  createRedactor({ values: () => values.map((value, at) => ({ name: `s${at}`, value })) });

/** Realistic values: keys, passwords with spaces and quotes, several lines, non-ASCII letters. */
const secret = fc
  .oneof(
    fc.string({ minLength: 8, maxLength: 60 }),
    fc.string({ minLength: 8, maxLength: 60, unit: "grapheme" }),
    fc.base64String({ minLength: 8, maxLength: 700 }),
    fc.string({ minLength: 8, maxLength: 90, unit: fc.constantFrom(...'aZ09+/= %\\\n\t"&<') }),
    fc.string({ minLength: 8, maxLength: 12, unit: fc.constantFrom(..."ab") }),
  )
  .map((value) => value.trim())
  .filter((value) => value.replaceAll(/\s|\\[nrt]/g, "").length >= 8);
const around = fc.string({ maxLength: 30, unit: fc.constantFrom(...'abZ0 .,\n"=%-') });

function hiding(value: string, signs: string): string {
  return [...value]
    .map((character, at) => (character === "\\" ? character : character + signs[at % signs.length]))
    .join("");
}

const hexOf = (byte: number) => byte.toString(16).padStart(2, "0");

/** The forms in which programs print a value, without the parts that belong to its neighbours. */
const ENCODINGS: Record<string, (value: string, before: string) => string> = {
  raw: (value) => value,
  base64: (value) => Buffer.from(value).toString("base64"),
  "base64 of more": (value, before) => Buffer.from(`${before}${value}tail`).toString("base64"),
  "base64 of base64": (value) => Buffer.from(Buffer.from(value).toString("base64")).toString("base64"),
  "base64 of base64 of more": (value, before) =>
    Buffer.from(Buffer.from(`${before}${value}tail`).toString("base64")).toString("base64"),
  "base64 of base64 in lines": (value, before) =>
    Buffer.from(Buffer.from(`${before}${value}`).toString("base64"))
      .toString("base64")
      .replace(/.{1,76}/g, "$&\n"),
  // Not inside `
  // `, which means a line end and is skipped itself.
  "zero-width characters between": (value) => hiding(value, "\u200b"),
  "invisible characters of all kinds": (value) => hiding(value, "\u200d\u2060\ufeff\u00ad\u202e"),
  "every byte escaped": (value) => Buffer.from(value).toString("hex").replace(/../g, "\\x$&"),
  "hexadecimal with colons": (value) =>
    Buffer.from(value)
      .toString("hex")
      .replace(/..(?=.)/g, "$&:"),
  "hexadecimal with blanks": (value) =>
    Buffer.from(value)
      .toString("hex")
      .toUpperCase()
      .replace(/..(?=.)/g, "$& "),
  "hexadecimal as a list": (value) => [...Buffer.from(value)].map((byte) => `0x${hexOf(byte)}`).join(", "),
  "HEXADECIMAL AS A LIST": (value) => [...Buffer.from(value)].map((byte) => `0X${hexOf(byte).toUpperCase()}`).join(","),
  "hexadecimal with commas": (value) => [...Buffer.from(value)].map(hexOf).join(", "),
  "hexadecimal with dashes": (value) => [...Buffer.from(value)].map(hexOf).join("-"),
  "a literal of hexadecimal words": (value) => [...Buffer.from(value)].map((byte) => `0x${hexOf(byte)}`).join(" "),
  "every byte escaped, upper case": (value) => Buffer.from(value).toString("hex").toUpperCase().replace(/../g, "\\x$&"),
  "octal escapes": (value) => [...Buffer.from(value)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join(""),
  "decimal list": (value) => JSON.stringify([...Buffer.from(value)]),
  "printed decimal list": (value) => [...Buffer.from(value)].join(",\n"),
  "HTML entities": (value) => [...value].map((character) => `&#${character.codePointAt(0)};`).join(""),
  "HTML entities in hexadecimal": (value) =>
    [...value].map((character) => `&#x${character.codePointAt(0)?.toString(16)};`).join(""),
  "HTML ENTITIES IN HEXADECIMAL": (value) =>
    [...value].map((character) => `&#X${character.codePointAt(0)?.toString(16).toUpperCase()};`).join(""),
  "upper case": (value) => value.toUpperCase(),
  "lower case": (value) => value.toLowerCase(),
  "every character escaped": (value) =>
    Array.from({ length: value.length }, (_, at) => `\\u${value.charCodeAt(at).toString(16).padStart(4, "0")}`).join(
      "",
    ),
  "base64 without padding": (value) => Buffer.from(value).toString("base64").replace(/=+$/, ""),
  "base64 in lines": (value, before) =>
    Buffer.from(`${before}${value}tail`)
      .toString("base64")
      .replace(/.{1,76}/g, "$&\n"),
  "base64 in indented lines": (value, before) =>
    Buffer.from(`${before}${value}`)
      .toString("base64")
      .replace(/.{1,20}/g, "$&\r\n    "),
  "base64 in lines, in JSON": (value) =>
    JSON.stringify({
      out: Buffer.from(value)
        .toString("base64")
        .replace(/.{1,30}/g, "$&\n"),
    }),
  base64url: (value, before) => Buffer.from(`${before}${value}`).toString("base64url"),
  hex: (value) => Buffer.from(value).toString("hex"),
  "HEX, spaced": (value) => Buffer.from(value).toString("hex").toUpperCase().replace(/../g, "$& "),
  "URL component": (value) => encodeURIComponent(value),
  "URL form": (value) => new URLSearchParams({ v: value }).toString().slice(2),
  "URL, every byte": (value) => Buffer.from(value).toString("hex").replace(/../g, "%$&"),
  JSON: (value) => JSON.stringify(value),
  "JSON in JSON": (value) => JSON.stringify(JSON.stringify(value)),
  "in a log line": (value) => JSON.stringify({ msg: `failed with ${value}` }),
};

for (const [name, encode] of Object.entries(ENCODINGS)) {
  test(`a known value never survives: ${name}`, () => {
    fc.assert(
      fc.property(secret, around, around, (value, before, after) => {
        const core = encode(value, "");
        const text = `${before} ${encode(value, before)} ${after}`;
        const result = redactorOf(value).redact(text);
        expect(result).toContain("[redacted: s0]");
        expect(result).not.toContain(core.length > 20 ? core.slice(4, -8) : core);
      }),
      { numRuns: RUNS / 5 },
    );
  });
}

test("any split into chunks gives the same result as the whole", () => {
  const pieces = fc.array(
    fc.oneof(
      around,
      secret,
      fc.constantFrom(
        "sk-ant-api03-abcdefghij0123456789",
        "password: ",
        "Bearer ",
        "Q7hK2mP9xW4vT8nR5jL1",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEow",
        "-----BEGIN CERTIFICATE-----\nMII",
        "\n-----END RSA PRIVATE KEY-----\n",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
        "https://user:hunter22hunter@host/",
        "日本語のテキスト",
      ),
    ),
    { maxLength: 12 },
  );
  const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(
      fc.array(secret, { minLength: 1, maxLength: 3 }),
      pieces,
      lengths,
      fc.nat(20),
      (values, texts, cuts, pick) => {
        const redactor = redactorOf(...values);
        const encode = Object.values(ENCODINGS)[pick % Object.keys(ENCODINGS).length] as (
          a: string,
          b: string,
        ) => string;
        const text = [...texts, encode(values[0] as string, "x"), ...texts.toReversed(), ...values].join("");
        const stream = redactor.redactStream();
        let shown = "";
        for (let at = 0, turn = 0; at < text.length; turn += 1) {
          const length = cuts[turn % cuts.length] as number;
          shown += stream.push(text.slice(at, at + length));
          at += length;
        }
        expect(shown + stream.end()).toBe(redactor.redact(text));
      },
    ),
    { numRuns: RUNS },
  );
});
