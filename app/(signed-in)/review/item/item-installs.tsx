"use client";

import { Hint } from "@/components/ui/hint";
import { Skeleton } from "@/components/ui/page/skeleton";
import { FactTable } from "@/components/ui/table";
import { Clock } from "@/components/ui/time";
import type { PackageFacts } from "@/core/shapes/reviews/found";
import { packageDoubts, packageParts } from "@/core/words/acts/installs";
import { withoutDisguise } from "@/core/words/visible";
import { useLooked } from "./use-looked";

/** What the registry says now of the packages that a call installs; or why nobody asked it. */
export function InstallEvidence({ id }: { id: string }) {
  const looked = useLooked(`reviews/${id}/packages`);
  if (!looked)
    return (
      <Skeleton role="status" aria-label="Asking the registry">
        <i />
        <i className="w-4/5" />
      </Skeleton>
    );
  const { found: body, problem } = looked;
  if (!body) return <Hint className="mt-3">Nothing is known of its packages. {problem}</Hint>;
  return (
    <section className="mt-3" aria-label="Packages">
      <FactTable stacks columns={["Package", "Holds", "Published"]}>
        {body.packages.map((one) => (
          <Row key={one.spec} facts={one} />
        ))}
      </FactTable>
      <Hint>
        {body.left_out > 0 ? `${body.left_out} more packages were not looked at. ` : null}
        {body.host} said this at <Clock at={body.looked_at} />. It does not say what other packages they bring.
      </Hint>
    </section>
  );
}

function Row({ facts: { spec, found } }: { facts: PackageFacts }) {
  if (!found)
    return (
      <tr>
        <td className="wrap-anywhere font-mono text-mono">{spec}</td>
        <td colSpan={2} className="text-fail">
          The registry has no such package.
        </td>
      </tr>
    );
  const { name, version, published_at: at, published_by: by } = found;
  return (
    <tr>
      <td className="wrap-anywhere font-mono text-mono">{withoutDisguise(`${name}@${version}`)}</td>
      <td className="wrap-anywhere">
        {packageParts(found)}
        {packageDoubts(found).map((doubt) => (
          <p key={doubt} className="font-medium text-wait">
            {doubt}
          </p>
        ))}
      </td>
      <td>
        {at === null ? "The registry does not say when" : <Clock at={at} />}
        {by === null ? "" : ` by ${withoutDisguise(by)}`}
      </td>
    </tr>
  );
}
