import type { Metadata } from "next";
import Link from "next/link";
import { enter } from "@/app/enter";
import { problemOfError } from "@/lib/http/problem";
import { AdminsOnly } from "../admins-only";
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
  const { queries, may } = await enter();
  if (!may("listAudit")) return <AdminsOnly what="The audit log" />;
  const given = await searchParams;
  const filter = auditFilterOf(given);
  const after = typeof given.after === "string" ? given.after : undefined;
  const read = await readPage(() => queries.listAudit({ ...timesOf(filter), after, limit: PAGE }));
  return (
    <div className="page operations">
      <section className="sect" aria-labelledby="audit">
        <header>
          <h2 id="audit">Audit log</h2>
          <span className="faint">who did what, in the order in which it ended; times are UTC</span>
        </header>
        <VerifyAudit />
        <AuditFilters filter={filter} problem={"problem" in read ? read.problem : null} />
        {"page" in read ? <Rows filter={filter} page={read.page} isFirst={after === undefined} /> : null}
      </section>
    </div>
  );
}

type Read = Awaited<ReturnType<Awaited<ReturnType<typeof enter>>["queries"]["listAudit"]>>;

/** A filter that cannot be meant is told at its fields. */
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
      <p className="dim py-2">
        No row fits.{" "}
        <Link className="link" href="/operations/audit">
          Show all
        </Link>
      </p>
    );
  return (
    <>
      <p className="acts small">
        <span className="dim">All rows that fit, as</span>
        <a className="link" href={downloadLink("audit.csv", filter)} download>
          CSV
        </a>
        <a className="link" href={downloadLink("audit.jsonl", filter)} download>
          JSON lines
        </a>
      </p>
      <AuditTable rows={page.items} filter={filter} />
      <p className="acts py-2">
        {isFirst ? null : (
          <Link className="link" href={auditLink(filter)}>
            Back to the newest
          </Link>
        )}
        {page.next === null ? null : (
          <Link className="btn" href={auditLink(filter, page.next)}>
            Older rows
          </Link>
        )}
      </p>
    </>
  );
}
