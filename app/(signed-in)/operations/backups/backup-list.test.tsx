import { renderToStaticMarkup } from "react-dom/server";
import { expect, test, vi } from "vitest";
import type { Backup, Backups } from "@/core/shapes/operations";
import { BackupList } from "./backup-list";

vi.mock("@/app/operate", () => ({}));
vi.mock("@/app/actions/operations", () => ({}));
vi.mock("./schedule-form", () => ({ ScheduleForm: () => null }));
vi.mock("./bucket-section", () => ({ BucketSection: () => null }));

const backup = (name: string, kind: Backup["kind"]): Backup => ({
  name,
  size_bytes: 1,
  created_at: "2026-01-01T00:00:00.000Z",
  kind,
});

test("the command to restore names a backup, and not the database that a restore has just replaced", () => {
  const command = (...items: Backup[]) =>
    /npx banyan restore [^<]*(<!-- -->[^<]*)*/
      .exec(
        renderToStaticMarkup(
          <BackupList start={{ items, folder: "/b", running: null, last: null } as unknown as Backups} />,
        ),
      )?.[0]
      .replaceAll("<!-- -->", "");
  const replaced = backup("replaced-2.db", "replaced");
  expect(command(replaced, backup("banyan-1.db", "scheduled"))).toBe("npx banyan restore /b/banyan-1.db");
  expect(command(replaced)).toBe("npx banyan restore /b/NAME");
});
