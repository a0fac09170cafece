import type { Metadata } from "next";
import Link from "next/link";
import { enter } from "@/app/enter";
import { AdminsOnly } from "@/components/layout/admins-only";
import { buttonLook } from "@/components/ui/button-look";
import { PageBody } from "@/components/ui/page/page";
import { Section } from "@/components/ui/page/section";
import { problemOfError } from "@/lib/http/problem";
import { AuditFilters } from "./audit-filters";
import { AuditTable } from "./audit-table";
import { type AuditFilter, auditFilterOf, auditLink, downloadLink, timesOf } from "./filter";
import { VerifyAudit } from "./verify-audit";

export const metadata: Metadata = { title: "Audit log" };

const PAGE = 100;

interface AuditPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function AuditPage({ searchParams }: AuditPageProps) {
  const { queries, may, actor } = await enter();
  if (!may("listAudit"))
    return (
      <PageBody>
        <AdminsOnly what="The audit log" role={actor.role} />
      </PageBody>
    );
  const given = await searchParams;
  const filter = auditFilterOf(given);
  const after = typeof given.after === "string" ? given.after : undefined;
  const read = await readPage(() => queries.listAudit({ ...timesOf(filter), after, limit: PAGE }));
  return (
    <PageBody>
      <Section id="audit" title="Audit log" beside="who did what, ordered by when it ended; times in UTC">
        <VerifyAudit />
        <AuditFilters filter={filter} problem={"problem" in read ? read.problem : null} />
        {"page" in read ? <Rows filter={filter} page={read.page} isFirst={after === undefined} /> : null}
      </Section>
    </PageBody>
  );
}

type Read = Awaited<ReturnType<Awaited<ReturnType<typeof enter>>["queries"]["listAudit"]>>;

/** Returns the page, or the problem of an invalid filter for the form to show. */
async function readPage(read: () => Promise<Read>): Promise<{ page: Read } | { problem: string }> {
  try {
    return { page: await read() };
  } catch (error) {
    const problem = problemOfError(error);
    if (!problem) throw error;
    return { problem: problem.detail };
  }
}

function Rows({ filter, page, isFirst }: { filter: AuditFilter; page: Read; isFirst: boolean }) {
  if (page.items.length === 0)
    return (
      <p className="text-ink-2 py-2">
        No matching rows.{" "}
        <Link className="link" href="/operations/audit">
          Clear filters
        </Link>
      </p>
    );
  return (
    <>
      <p className="flex flex-wrap items-center gap-2 text-small">
        <span className="text-ink-2">Download all matching rows as</span>
        <a className="link" href={downloadLink("audit.csv", filter)} download>
          CSV
        </a>
        <a className="link" href={downloadLink("audit.jsonl", filter)} download>
          JSON lines
        </a>
      </p>
      <AuditTable rows={page.items} filter={filter} />
      <p className="flex flex-wrap items-center gap-2 py-2">
        {isFirst ? null : (
          <Link className="link" href={auditLink(filter)}>
            Newest rows
          </Link>
        )}
        {page.next === null ? null : (
          <Link className={buttonLook()} href={auditLink(filter, page.next)}>
            Older rows
          </Link>
        )}
      </p>
    </>
  );
}
