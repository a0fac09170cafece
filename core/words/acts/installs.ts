/** What a registry says of a package that a call installs, in words. Pure. */
import type { FoundPackage } from "@/core/shapes/reviews/found";
import { bytes, plural } from "../figures";
import { withoutDisguise } from "../visible";

/** Returns what speaks for a closer look, each as a sentence; none for a package like any other. */
export function packageDoubts(found: FoundPackage): string[] {
  const { has_install_script: hasScript, published_by: by, before_by: before, deprecated } = found;
  return [
    ...(hasScript ? ["It runs a script when it is installed."] : []),
    ...(by !== null && before !== null && by !== before ? [`The version before was published by ${before}.`] : []),
    ...(deprecated === null ? [] : [`Its authors advise against it: ${deprecated}`]),
  ].map(withoutDisguise);
}

/** Returns what the package is made of, as far as the registry says it. */
export function packageParts({ files, bytes: size, license, has_install_script: hasScript }: FoundPackage): string {
  const parts = [
    files === null ? "" : plural(files, "file"),
    size === null ? "" : bytes(size),
    license ?? "",
    hasScript ? "" : "no install script",
  ];
  return withoutDisguise(parts.filter(Boolean).join(", "));
}
