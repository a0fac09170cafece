import Link from "next/link";
import type { ReactNode } from "react";
import type { Comparison } from "@/core/shapes/comparison";

const SIDES = ["A", "B"];

interface SidesHeadProps extends Pick<Comparison, "trees"> {
  /** What stands below each title. */
  below?: readonly [ReactNode, ReactNode];
}

/** Head of a table with a column for each tree. */
export function SidesHead({ trees, below }: SidesHeadProps) {
  return (
    <thead>
      <tr className="phone:block">
        <th scope="col" className="w-26 border-b border-line phone:hidden">
          <span className="sr-only">Fact</span>
        </th>
        {trees.map((tree, index) => (
          <th
            scope="col"
            className="border-b border-line py-1.5 pr-6 align-top font-normal phone:block phone:pr-0"
            key={SIDES[index]}
          >
            <b>{SIDES[index]}</b>{" "}
            <Link className="link" href={`/trees/${tree.tree_id}`}>
              {tree.title}
            </Link>
            {below?.[index]}
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** One fact of both trees. On a phone the trees are stacked, each with its letter. */
export function ComparedRow({ name, a, b }: { name: string; a: ReactNode; b: ReactNode }) {
  return (
    <tr className="phone:block">
      <th
        scope="row"
        className="border-b border-line py-1.5 pr-6 align-top font-normal text-ink-2 phone:block phone:border-b-0 phone:pt-3 phone:pr-0 phone:pb-0 phone:text-small phone:font-medium"
      >
        {name}
      </th>
      {[a, b].map((cell, index) => (
        <td
          key={SIDES[index]}
          data-side={SIDES[index]}
          className="relative border-b border-line py-1.5 pr-6 align-top phone:block phone:pt-1 phone:pr-0 phone:pl-6 phone:before:absolute phone:before:left-0 phone:before:font-semibold phone:before:content-[attr(data-side)]"
        >
          {cell}
        </td>
      ))}
    </tr>
  );
}
