import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { banyan, buildPrograms, dataFolder, json, withTree } from "@/scripts/testing/command-line";

buildPrograms();

test("models lists limits and prices, and sets, shows and removes those of one model", async () => {
  const { data } = await withTree();
  const at = ["--data", data];
  const run = async (...args: string[]) => {
    const { status, stdout, stderr } = await banyan(["models", ...args, ...at]);
    return { status, text: stdout + stderr };
  };
  const list = await run("list", "--provider", "anthropic");
  expect(list.text).toMatch(/anthropic\/claude-sonnet-5-5 +1M \/ 128k +\$2 \/ \$10/);
  expect(list.text).toMatch(/Not shown: \d+ that are retired/);
  expect(list.text).not.toContain("claude-opus-4-1");
  expect(list.text).toContain("checked on 2026-");
  const model = "openai/qwen3-coder";
  expect(await run("show", model)).toMatchObject({ status: 2, text: expect.stringContaining("Nothing is known of") });
  expect(await run("set", model)).toMatchObject({ status: 2, text: expect.stringContaining("Say what to set") });
  expect(await run("set", model, "--output", "9")).toMatchObject({ status: 2, text: "--output needs --context.\n" });
  expect(await run("set", model, "--input-price", "1")).toMatchObject({
    status: 2,
    text: "A price needs both --input-price and --output-price.\n",
  });
  expect((await run("set", model, "--context", "262144", "--output", "32768")).text).toBe(
    `Set for ${model}: 262144 tokens of context, 32768 of output.\n`,
  );
  // Settings that no flag names stay as they were.
  expect((await run("set", model, "--input-price", "0", "--output-price", "1.2")).text).toContain(
    "32768 of output; $0",
  );
  expect(await json(["models", "show", model, ...at])).toMatchObject({
    context_tokens: 262_144,
    max_output_tokens: 32_768,
    limits_from: "own",
    price_from: "own",
    price: { input: 0, output: 1.2, cache_read: 0, cache_write: 0 },
  });
  expect(await run("set", model, "--reads", "sound")).toMatchObject({
    status: 2,
    text: "--reads takes image, pdf, both with a comma, or nothing; not “sound”.\n",
  });
  expect((await run("set", model, "--reads", "image,pdf")).text).toContain("reads text, image, pdf");
  expect((await run("show", model)).text).toContain("Reads: text, images, PDF files.\n");
  expect((await run("set", model, "--reads", "nothing")).text).toContain("; reads text.");
  expect((await run("remove", model)).text).toBe(`Removed what was set for ${model}.\n`);
  expect(await run("remove", model)).toMatchObject({ status: 2, text: `Nothing is set for ${model}.\n` });
  expect(await run("sett")).toMatchObject({
    status: 2,
    text: expect.stringContaining("There is no `banyan models sett`"),
  });
});

test("models --refresh says which provider gave no list, and exits with 1", async () => {
  const { data } = await withTree();
  const env = { OPENAI_API_KEY: "wrong", OPENAI_BASE_URL: "http://127.0.0.1:1/v1" };
  const shown = await banyan(["models", "--refresh", "--data", data], { env });
  expect([shown.status, shown.stderr]).toEqual([
    1,
    expect.stringMatching(
      /^openai gave no list, so its models are as they were\. OpenAI does not answer at http:\/\/127/,
    ),
  ]);
  const { status, stdout } = await banyan(["models", "--refresh", "--json", "--data", data], { env });
  expect([status, JSON.parse(stdout)]).toMatchObject([
    1,
    { not_answered: [{ provider: "openai", sentence: expect.any(String) }], items: expect.any(Array) },
  ]);
  const without = await banyan(["models", "--json", "--data", data], { env });
  expect([without.status, "not_answered" in JSON.parse(without.stdout)]).toEqual([0, false]);
});

test("doctor reports a retired model and a broken file of models", async () => {
  const { data } = await withTree();
  writeFileSync(join(data, "models.json"), '{ "openai/x": { "limit": { "context": "lots" } } }');
  const { stdout } = await banyan(["doctor", "--data", data], { env: { BANYAN_MODEL: "anthropic/claude-opus-4-1" } });
  expect(stdout).toContain("anthropic/claude-opus-4-1 was retired on 2026-08-05. Switch to anthropic/claude-opus-4-8.");
  expect(stdout).toContain("models.json: openai/x: limit.context must be a whole number");
});

test("before the first start, `models` lists and shows what the table and the settings say, and leaves no file behind", async () => {
  const data = join(dataFolder(), "not-there-yet");
  const at = ["--data", data];
  const env = { ANTHROPIC_API_KEY: "test-key" };
  const list = await banyan(["models", ...at], { env });
  expect([list.status, list.stderr]).toEqual([0, ""]);
  expect(list.stdout).toMatch(/anthropic\/claude-sonnet-5-5 +1M \/ 128k +\$2 \/ \$10/);
  expect(list.stdout).not.toContain("openai/");
  expect(list.stdout).toMatch(/Default: anthropic\/.*\nBanyan has not been started here yet/);
  const shown = await banyan(["models", "show", "anthropic/claude-sonnet-5-5", ...at], { env });
  expect([shown.status, shown.stdout]).toEqual([0, expect.stringContaining("Price per million tokens: $2 input")]);
  const set = await banyan(["models", "set", "openai/x", "--context", "8000", "--output", "800", ...at]);
  expect([set.status, set.stderr]).toEqual([
    2,
    expect.stringMatching(/^There is no database at .* yet: start the server/),
  ]);
  expect(existsSync(data)).toBe(false);
});
