/** Reads what files of kustomize say of the others: which are patches, which belong together, and which images are set. */
import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import { isMap, listIn, type ReadDocument } from "./documents";
import { type Findings, quoted } from "./findings";
import { folderOf, isKustomization } from "./found-files";

export interface Kustomizations {
  patches: ReadonlySet<string>;
  resources: ReadonlySet<string>;
  /** Names of images whose versions are set there. */
  images: ReadonlySet<string>;
}

/** Returns what they say; a file or folder that they name and is not there becomes an error. */
export function readKustomizations(
  root: string,
  documents: readonly ReadDocument[],
  findings: Findings,
): Kustomizations {
  const patches = new Set<string>();
  const resources = new Set<string>();
  const images = new Set<string>();
  for (const document of documents.filter(({ file }) => isKustomization(file))) {
    const { file, value, lineOf } = document;
    const place = (name: string) => posix.join(folderOf(file), name);
    for (const list of ["resources", "bases", "components", "patchesStrategicMerge"])
      for (const [index, name] of listIn(value, list).entries()) {
        // The text of a patch has several lines; addresses are fetched.
        if (typeof name !== "string" || name.includes("\n") || isAddress(name)) continue;
        (list === "patchesStrategicMerge" ? patches : resources).add(place(name));
        if (place(name).startsWith("..") || existsSync(join(root, place(name)))) continue;
        findings.error(file, lineOf([list, index]), `It names ${quoted(name)}, which is not there.`);
      }
    for (const list of ["patches", "patchesJson6902"])
      for (const [index, patch] of listIn(value, list).entries()) {
        if (!isMap(patch) || typeof patch.path !== "string") continue;
        patches.add(place(patch.path));
        if (place(patch.path).startsWith("..") || existsSync(join(root, place(patch.path)))) continue;
        findings.error(file, lineOf([list, index, "path"]), `It names ${quoted(patch.path)}, which is not there.`);
      }
    for (const image of listIn(value, "images"))
      if (isMap(image) && typeof image.name === "string" && ("newTag" in image || "digest" in image))
        images.add(image.name);
  }
  return { patches, resources, images };
}

function isAddress(name: string): boolean {
  return name.includes("://") || name.includes("?ref=") || /^[\w.-]+@|^[\w-]+\.[\w.-]+\/.+\/.+/.test(name);
}
