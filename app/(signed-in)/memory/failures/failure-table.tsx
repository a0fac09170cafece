import Link from "next/link";
import type { ReactNode } from "react";
import { messageAddress } from "@/components/trees/message-address";
import { FactTable } from "@/components/ui/table";
import type { ListedFailure } from "@/core/shapes/failures";
import { byItself } from "@/core/words/failures";
import { Trend } from "./trend";

/** Hidden in windows that are wider than a phone's, where cells are below each other, and too narrow for the column. */
const WIDE_ONLY = "[@media(min-width:721px)_and_(max-width:1180px)]:hidden";

const COLUMNS = [
  { name: "Kind", className: "w-48 [@media(max-width:1180px)]:w-36" },
  { name: "30 days", className: "w-18 text-right!" },
  { name: "Trend", className: `w-24 ${WIDE_ONLY}` },
  "Shown by",
  "Prevention",
  "Recovery",
  { name: "By itself", className: "w-18 text-right!" },
];

interface FailureTableProps {
  label: string;
  items: readonly ListedFailure[];
}

export function FailureTable({ label, items }: FailureTableProps) {
  return (
    <FactTable stacks aria-label={label} columns={COLUMNS} className="mt-3 table-fixed [&_td]:py-2 [&_td]:align-top">
      {items.map((item) => (
        <Row key={item.kind} item={item} />
      ))}
    </FactTable>
  );
}

function Row({ item }: { item: ListedFailure }) {
  const { kind, title, shows, prevention, recovery, last_30_days, last } = item;
  return (
    <tr data-failure={kind}>
      <td className="font-medium">
        {last ? (
          <Link className="hover:underline" href={`/trees/${last.tree}${messageAddress(last.task, last.seq)}`}>
            {title}
          </Link>
        ) : (
          title
        )}
      </td>
      <td className="text-right tabular-nums">{last_30_days}</td>
      <td className={`phone:col-span-2 ${WIDE_ONLY}`}>
        <Trend item={item} />
      </td>
      <Text name="Shown by">{shows}</Text>
      <Text name="Prevention">{prevention}</Text>
      <Text name="Recovery">{recovery}</Text>
      <td className="text-right tabular-nums phone:col-span-2 phone:text-left">
        <PhoneName>By itself</PhoneName>
        {byItself(item)}
      </td>
    </tr>
  );
}

function Text({ name, children }: { name: string; children: ReactNode }) {
  return (
    <td className="text-ink-2 phone:col-span-2">
      <PhoneName>{name}</PhoneName>
      {children}
    </td>
  );
}

/** The name of a column, on a phone, where the table has no head. */
function PhoneName({ children }: { children: ReactNode }) {
  return <span className="mr-1.5 hidden text-ink-3 text-small phone:inline">{children}</span>;
}
