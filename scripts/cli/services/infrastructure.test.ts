/** `service infrastructure` on the command line: exit codes, sentences, and JSON. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { banyan, buildPrograms, dataFolder } from "@/scripts/testing/command-line";

buildPrograms();

test("a folder with an error ends with 1, one with warnings or without files with 0", async () => {
  const folder = dataFolder();
  expect(await banyan(["service", "infrastructure"], { cwd: folder })).toMatchObject({
    status: 0,
    stdout: "There are no files for Terraform, Kubernetes or Compose here.\n",
  });
  const write = (text: string) => writeFileSync(path.join(folder, "compose.yaml"), text);
  write("services:\n  web: { image: shop, privileged: true }\n");
  expect(await banyan(["service", "infrastructure", folder])).toMatchObject({
    status: 0,
    stdout:
      "Infrastructure files: 1 read; 0 errors, 1 warning, 0 not checked.\nWarning: compose.yaml, line 2: The service web is privileged: it may do everything on its machine.\n",
  });
  write("services:\n  web: { image: shop, depends_on: [db] }\n");
  writeFileSync(path.join(folder, "main.tf"), 'output "a" {\n  value = var.b\n}\n');
  const faulty = await banyan(["service", "infrastructure", folder, "--json"]);
  expect(faulty.status).toBe(1);
  expect(JSON.parse(faulty.stdout)).toEqual({
    files: 2,
    errors: [
      { file: "compose.yaml", line: 2, says: "The service web uses the service db, which is not defined." },
      { file: "main.tf", line: 2, says: "var.b is used, and nothing declares it." },
    ],
    warnings: [],
    not_checked: [],
  });
});

test("a folder that is none is wrong use", async () => {
  const { status, stderr } = await banyan(["service", "infrastructure", "/no/such/folder"]);
  expect(stderr).toContain("There is no folder /no/such/folder: name the folder whose files are checked.");
  expect(status).toBe(2);
});
