import Link from "next/link";
import { FIELD } from "@/components/ui/field-look";
import { Hint } from "@/components/ui/hint";
import { Button } from "@/components/ui/parts";
import type { AuditFilter } from "./filter";

const FIELDS = [
  { name: "actor", word: "Who", type: "text", hint: "full name" },
  { name: "action", word: "Action", type: "text", hint: "e.g. pause" },
  { name: "subject", word: "On", type: "text", hint: "ID or name" },
  { name: "tree", word: "Tree", type: "text", hint: "ID" },
  { name: "from", word: "From", type: "date", hint: "" },
  { name: "until", word: "Until", type: "date", hint: "" },
] as const;

/** A form that puts the filter into the address, so that people can share a link to it. */
export function AuditFilters({ filter, problem }: { filter: AuditFilter; problem: string | null }) {
  const isFiltered = Object.values(filter).some((value) => value !== "");
  return (
    <form className="my-3 flex flex-wrap items-end gap-x-4 gap-y-2" action="/operations/audit">
      {FIELDS.map(({ name, word, type, hint }) => (
        <label
          className={`${FIELD} max-w-50 flex-[1_1_132px] phone:max-w-none phone:basis-[calc(50%-16px)]`}
          key={name}
        >
          <span>{word}</span>
          <input
            key={filter[name]}
            type={type}
            name={name}
            defaultValue={filter[name]}
            placeholder={hint}
            autoComplete="off"
            spellCheck={false}
          />
        </label>
      ))}
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit">Apply</Button>
        {isFiltered ? (
          <Link className="link" href="/operations/audit">
            Clear filters
          </Link>
        ) : null}
      </div>
      {problem ? (
        <Hint isBad className="basis-full" role="alert">
          {problem}
        </Hint>
      ) : null}
    </form>
  );
}
