import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { rowOf } from "../known/table";
import { PROVIDER_NAMES, PROVIDERS } from "./table";

const settingsOf = (name: (typeof PROVIDER_NAMES)[number]) => {
  const { keySetting, keyAliases = [], otherSettings = [], urlSetting } = PROVIDERS[name];
  return [keySetting, ...keyAliases, ...otherSettings, urlSetting].filter((setting) => setting !== null);
};

test.each(PROVIDER_NAMES)(".env.example explains the settings of %s, below a comment", (name) => {
  // A block of the file is lines of explanation, then the settings that they explain.
  const blocks = readFileSync(".env.example", "utf8").matchAll(/((?:^# .*\n)+)((?:^#?[A-Z][A-Z0-9_]*=.*\n)+)/gm);
  const explained = [...blocks].flatMap(([, , lines = ""]) => lines.match(/[A-Z][A-Z0-9_]*(?==)/g) ?? []);
  expect(settingsOf(name).filter((setting) => !explained.includes(setting))).toEqual([]);
});

test.each(PROVIDER_NAMES)("docs/models.md has a row for %s, with its key and its address", (name) => {
  const rows = readFileSync("docs/models.md", "utf8").split("\n");
  const own = rows.filter((row) => row.startsWith(`| \`${name}/\` |`)).join("\n");
  const { keySetting, urlSetting } = PROVIDERS[name];
  for (const setting of [keySetting ?? "none", urlSetting]) expect(own).toContain(setting);
});

test.each(PROVIDER_NAMES)("the default model of %s is in the table, with limits and a price", (name) => {
  const { defaultModel } = PROVIDERS[name];
  if (defaultModel !== null) expect(rowOf(defaultModel)).toMatchObject({ limits: {}, prices: {}, retiresAt: null });
});
