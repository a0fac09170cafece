/** Which versions of servers speak only protocols before 2026, as empty files, so that every process knows it. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { EraStore } from "@/lib/mcp/calls/eras";

export function erasIn(folder: string): EraStore {
  const fileOf = (key: string) => path.join(folder, createHash("sha256").update(key).digest("hex"));
  return {
    isOld: async (key) => existsSync(fileOf(key)),
    async keep(key, isOld) {
      const file = fileOf(key);
      if (existsSync(file) === isOld) return;
      if (!isOld) return rm(file, { force: true });
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(file, "", { mode: 0o600 });
    },
  };
}
