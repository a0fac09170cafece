/** Reads the infrastructure files of a folder. The parsers are not certain to end: `runInfrastructure` gives them a time. */
import type { Infrastructure } from "@/core/shapes/environments/infrastructure";
import { checkCompose } from "./compose";
import { documentsIn } from "./documents";
import { createFindings } from "./findings";
import { foundFiles, isKustomization } from "./found-files";
import { checkObjects } from "./kubernetes";
import { readKustomizations } from "./kustomize";
import { checkTerraform } from "./terraform";

/** Resolves with what is found; null: the folder has no such files. */
export async function lookAtInfrastructure(root: string): Promise<Infrastructure | null> {
  const findings = createFindings();
  const files = foundFiles(root, findings);
  const documents = (kind: "compose" | "objects") =>
    files.filter((one) => one.kind === kind).flatMap(({ file, text }) => documentsIn(file, text, findings));
  const objects = documents("objects");
  const kustomizations = readKustomizations(root, objects, findings);
  checkObjects(
    objects.filter(({ file }) => !isKustomization(file)),
    kustomizations,
    findings,
  );
  checkCompose(documents("compose"), findings);
  await checkTerraform(
    root,
    files.filter(({ kind }) => kind === "terraform"),
    findings,
  );
  const found = findings.all(files.length);
  return files.length === 0 && found.not_checked.length === 0 ? null : found;
}
