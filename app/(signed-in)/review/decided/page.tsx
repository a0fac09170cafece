import type { Metadata } from "next";
import Link from "next/link";
import type { DecidedQuery } from "@/agents/core/shapes-review";
import { enter } from "@/app/enter";
import { REVIEW_WORDS } from "@/components/reviews/words";
import { Button } from "@/components/ui/parts";
import { HistoryBar } from "../history-bar";
import { DecidedRow } from "./decided-row";
import { askedOf, STATUS_WORDS } from "./query";
import { Restore } from "./restore";

export const metadata: Metadata = { title: "Decided" };

interface DecidedPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** What became of review items: searched, filtered, page after page. */
export default async function DecidedPage({ searchParams }: DecidedPageProps) {
  const app = await enter();
  const asked = askedOf(await searchParams);
  const { items, next } = await app.queries.listDecided(asked);
  const isFiltered = [asked.text, asked.by, asked.kind, asked.status].some(Boolean);
  const mayRestore = app.may("restoreBefore");
  return (
    <main className="main" id="main">
      <HistoryBar title="Decided" />
      <div className="page hist">
        <Filters asked={asked} />
        {items.length === 0 ? (
          <p className="dim py-2">
            {isFiltered
              ? "Nothing that was decided fits this. "
              : "Nothing was decided yet. Answers and approvals stay readable here."}
            {isFiltered ? (
              <Link className="link" href="/review/decided">
                Show all
              </Link>
            ) : null}
          </p>
        ) : (
          <ul className="rows" aria-label="Decided">
            {items.map((review) => (
              <DecidedRow
                key={review.id}
                review={review}
                undo={review.restorable && mayRestore ? <Restore id={review.id} words={review.restorable} /> : null}
              />
            ))}
          </ul>
        )}
        <p className="acts mt-4">
          {asked.after ? (
            <Link className="btn" href={`/review/decided?${addressOf({ ...asked, after: undefined })}`}>
              The newest
            </Link>
          ) : null}
          {next ? (
            <Link className="btn" href={`/review/decided?${addressOf({ ...asked, after: next })}`}>
              Older
            </Link>
          ) : null}
        </p>
      </div>
    </main>
  );
}

function addressOf(query: DecidedQuery): string {
  const entries = Object.entries(query).flatMap(([name, value]) => (value ? [[name, String(value)]] : []));
  return new URLSearchParams(entries).toString();
}

function Filters({ asked }: { asked: DecidedQuery }) {
  return (
    <form className="filters" action="/review/decided">
      <label className="f wide">
        <span>In title, detail and words</span>
        <input type="search" name="text" defaultValue={asked.text} />
      </label>
      <label className="f">
        <span>Decided by</span>
        <input type="search" name="by" defaultValue={asked.by} placeholder="a person, or rule" />
      </label>
      <label className="f">
        <span>Kind</span>
        <select name="kind" defaultValue={asked.kind ?? ""}>
          <option value="">All</option>
          {Object.entries(REVIEW_WORDS).map(([kind, word]) => (
            <option key={kind} value={kind}>
              {word}
            </option>
          ))}
        </select>
      </label>
      <label className="f">
        <span>Decision</span>
        <select name="status" defaultValue={asked.status ?? ""}>
          <option value="">All</option>
          {Object.entries(STATUS_WORDS).map(([status, word]) => (
            <option key={status} value={status}>
              {word}
            </option>
          ))}
        </select>
      </label>
      <Button type="submit">Find</Button>
    </form>
  );
}
