/** Checks Compose files: their schema, and names that nothing defines. Files of one folder are merged by Compose. */
import { isMap, type Json, listIn, mapIn, type ReadDocument } from "./documents";
import { type Findings, quoted } from "./findings";
import { byFolder } from "./found-files";
import { composeFaults } from "./schemas";

/** What a service may name, and where it is defined. */
const NAMED = ["volumes", "networks", "secrets", "configs", "depends_on"] as const;

export function checkCompose(documents: readonly ReadDocument[], findings: Findings): void {
  for (const together of byFolder(documents)) {
    for (const document of together) checkOne(document, findings);
    if (together.some(({ value }) => "include" in value)) {
      for (const { file, lineOf } of together.filter(({ value }) => "include" in value))
        findings.skip(file, lineOf(["include"]), "It includes other files, so names that it uses are not looked for.");
      continue;
    }
    for (const document of together) checkNames(document, together, findings);
  }
}

function checkOne({ file, value, lineOf }: ReadDocument, findings: Findings): void {
  for (const { path, says } of composeFaults(value)) findings.error(file, lineOf(path), says);
  for (const [name, service] of Object.entries(mapIn(value, "services")))
    if (mapIn({ service }, "service").privileged === true)
      findings.warn(
        file,
        lineOf(["services", name, "privileged"]),
        `The service ${quoted(name)} is privileged: it may do everything on its machine.`,
      );
}

function checkNames(
  { file, value, lineOf }: ReadDocument,
  together: readonly ReadDocument[],
  findings: Findings,
): void {
  const defined = (what: string) => new Set(together.flatMap((one) => Object.keys(mapIn(one.value, what))));
  for (const what of NAMED) {
    const known = defined(what === "depends_on" ? "services" : what);
    if (what === "networks") known.add("default");
    for (const [name, service] of Object.entries(mapIn(value, "services"))) {
      if (!isMap(service)) continue;
      for (const { used, at } of namesIn(service, what))
        if (!known.has(used) && !used.includes("$")) {
          const kind = what === "depends_on" ? "service" : what.slice(0, -1);
          findings.error(
            file,
            lineOf(["services", name, what, at]),
            `The service ${quoted(name)} uses the ${kind} ${quoted(used)}, which is not defined.`,
          );
        }
    }
  }
}

function namesIn(service: Json, what: (typeof NAMED)[number]): { used: string; at: string | number }[] {
  const found = service[what];
  if (isMap(found)) return what === "volumes" ? [] : Object.keys(found).map((used) => ({ used, at: used }));
  return listIn(service, what).flatMap((item, at) => {
    const used = what === "volumes" ? volumeIn(item) : isMap(item) ? item.source : item;
    return typeof used === "string" ? [{ used, at }] : [];
  });
}

/** Returns the name of a volume; null for a folder, and for one without a name. */
function volumeIn(item: unknown): unknown {
  if (isMap(item)) return item.type === "volume" ? item.source : null;
  const [source = "", inside] = String(item).split(":");
  // A letter before the colon is a disk of Windows.
  return inside !== undefined && /^[a-zA-Z0-9][\w.-]+$/.test(source) ? source : null;
}
