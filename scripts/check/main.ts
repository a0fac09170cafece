import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { PICTURES, TAKEN } from "../pictures/made";
import { checkClasses } from "./classes";
import { checkDocuments } from "./documents";
import { checkDoors } from "./doors";
import { faultLine } from "./fault";
import { checkFunctions } from "./functions";
import { checkImports } from "./imports";
import { checkLicences, LIST, shippedPackages } from "./licences";
import { checkLimits } from "./limits";
import { checkMap } from "./map";
import { checkGuarded, readMarks } from "./marks";
import { checkPackages } from "./packages";
import { checkPictures, FOLDER as PICTURES_FOLDER } from "./pictures";
import { READ_SENTENCES } from "./read-sentences";
import { checkRooms, fullRooms } from "./rooms";
import { checkSentences } from "./sentences";
import { checkSnapshots } from "./snapshots";
import { readSources } from "./sources";
import { checkSpreads } from "./spreads";
import { checkSyntax } from "./syntax";
import { checkTidy } from "./tidy";
import { checkWorkplaces } from "./workplaces";

/** Checks the checkout in the working folder and prints a line for each fault and warning. Resolves with the exit status. */
export async function main(): Promise<number> {
  const root = process.cwd();
  const sources = readSources(root);
  const example = path.join(root, ".env.example");
  const textOf = (file: string) =>
    existsSync(path.join(root, file)) ? readFileSync(path.join(root, file), "utf8") : "";
  const faults = [
    ...checkSyntax(sources),
    ...checkImports(sources),
    ...checkWorkplaces(sources),
    ...checkPackages(sources),
    ...checkLicences(shippedPackages(root, textOf("package-lock.json")), textOf(LIST)),
    ...checkRooms(sources),
    ...checkFunctions(sources),
    ...checkSpreads(sources),
    ...checkLimits(sources),
    ...checkSentences(sources, READ_SENTENCES),
    ...checkDoors(sources),
    ...checkSnapshots(sources),
    ...checkMap(sources),
    ...checkDocuments(sources),
    ...checkPictures(sources, [...PICTURES, ...TAKEN], readdirSync(path.join(root, PICTURES_FOLDER))),
    ...checkGuarded(sources, readMarks(root, sources)),
    ...(await checkClasses(sources)),
    ...checkTidy(sources, existsSync(example) ? readFileSync(example, "utf8") : undefined),
  ];
  for (const warning of fullRooms(sources)) console.log(`warning: ${faultLine(warning)}`);
  for (const fault of faults) console.log(faultLine(fault));
  return faults.length === 0 ? 0 : 1;
}
