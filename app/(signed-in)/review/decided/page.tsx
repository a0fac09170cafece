import type { Metadata } from "next";
import Link from "next/link";
import { enter } from "@/app/enter";
import { REVIEW_WORDS } from "@/components/reviews/words";
import { buttonLook } from "@/components/ui/button-look";
import { FIELD } from "@/components/ui/field-look";
import { Page, PageBody } from "@/components/ui/page/page";
import { Button } from "@/components/ui/parts";
import type { DecidedQuery } from "@/core/shapes/review";
import { HistoryBar } from "../history-bar";
import { DecidedRow } from "./decided-row";
import { askedOf, STATUS_WORDS } from "./query";
import { Restore } from "./restore";

export const metadata: Metadata = { title: "Decided" };

interface DecidedPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Page of decided review items, with search, filters and paging. */
export default async function DecidedPage({ searchParams }: DecidedPageProps) {
  const app = await enter();
  const asked = askedOf(await searchParams);
  const { items, next } = await app.queries.listDecided(asked);
  const isFiltered = [asked.text, asked.by, asked.kind, asked.status].some(Boolean);
  const mayRestore = app.may("restoreBefore");
  return (
    <Page>
      <HistoryBar title="Decided" />
      <PageBody>
        <Filters asked={asked} />
        {items.length === 0 ? (
          <p className="py-2 text-ink-2">
            {isFiltered
              ? "No decisions match these filters. "
              : "No decisions yet. Your answers and approvals will be listed here."}
            {isFiltered ? (
              <Link className="link" href="/review/decided">
                Show all
              </Link>
            ) : null}
          </p>
        ) : (
          <ul className="*:border-b *:border-line" aria-label="Decided">
            {items.map((review) => (
              <DecidedRow
                key={review.id}
                review={review}
                undo={review.restorable && mayRestore ? <Restore id={review.id} words={review.restorable} /> : null}
              />
            ))}
          </ul>
        )}
        <p className="flex flex-wrap items-center gap-2 mt-4">
          {asked.after ? (
            <Link className={buttonLook()} href={`/review/decided?${addressOf({ ...asked, after: undefined })}`}>
              Newest
            </Link>
          ) : null}
          {next ? (
            <Link className={buttonLook()} href={`/review/decided?${addressOf({ ...asked, after: next })}`}>
              Older
            </Link>
          ) : null}
        </p>
      </PageBody>
    </Page>
  );
}

function addressOf(query: DecidedQuery): string {
  const entries = Object.entries(query).flatMap(([name, value]) => (value ? [[name, String(value)]] : []));
  return new URLSearchParams(entries).toString();
}

function Filters({ asked }: { asked: DecidedQuery }) {
  return (
    <form className="mt-3 mb-4 flex min-w-0 flex-wrap items-end gap-2" action="/review/decided">
      <label className={`${FIELD} flex-[1_1_240px]`}>
        <span>Search titles, details and answers</span>
        <input type="search" name="text" defaultValue={asked.text} data-find />
      </label>
      <label className={`${FIELD} flex-[0_1_180px] phone:flex-[1_1_120px]`}>
        <span>Decided by</span>
        <input type="search" name="by" defaultValue={asked.by} placeholder="person, or “rule”" />
      </label>
      <label className={`${FIELD} flex-[0_1_180px] phone:flex-[1_1_120px]`}>
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
      <label className={`${FIELD} flex-[0_1_180px] phone:flex-[1_1_120px]`}>
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
      <Button type="submit">Search</Button>
    </form>
  );
}
