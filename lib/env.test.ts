import { expect, test } from "vitest";
import { readSettings } from "./env";

test("without a setting the database may grow as large as the disk", () => {
  expect(readSettings({}, "/").maxDbBytes).toBeNull();
  expect(readSettings({ BANYAN_MAX_DB_MB: "5" }, "/").maxDbBytes).toBe(5 * 1024 * 1024);
});
