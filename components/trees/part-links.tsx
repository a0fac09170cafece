import { Fragment } from "react";
import { Separator } from "@/components/ui/parts";
import type { PartOfChange } from "@/core/shapes/forges";
import { partWords } from "@/core/words/projects";
import { ForgeLink } from "./forge-link";

/** The pull requests of a change in several repositories, and how each stands. */
export function PartLinks({ parts }: { parts: readonly PartOfChange[] }) {
  return parts.map((part, at) => {
    const { folder, host, pull } = part;
    const { name, state } = partWords(part);
    return (
      <Fragment key={folder}>
        {at === 0 ? null : <Separator />}
        <span className="wrap-anywhere">
          {pull === null ? (
            name
          ) : (
            <ForgeLink address={pull.url} host={host} className="link">
              {name}
            </ForgeLink>
          )}{" "}
          {state}
        </span>
      </Fragment>
    );
  });
}
