import type { Metadata } from "next";
import Link from "next/link";
import { enter } from "@/app/enter";
import { buttonLook } from "@/components/ui/button-look";
import { PageBody } from "@/components/ui/page/page";
import { Section } from "@/components/ui/page/section";
import { Pairs } from "../parts/pairs";
import { TWO_COLUMNS } from "../parts/two-columns";
import { Candidate } from "./candidate";

export const metadata: Metadata = { title: "Candidates" };

const AT_FIRST = 20;
const MOST = 200;

const NEVER: [string, string][] = [
  ["Grant", "no tool, host, money or right"],
  ["Name", "no secret and no address; what has one is not kept"],
  ["Instruct", "it is quoted, with its counts"],
];

interface CandidatesPageProps {
  searchParams: Promise<{ most?: string | string[] }>;
}

/** Lessons that no agent sees before a person approves them. */
export default async function CandidatesPage({ searchParams }: CandidatesPageProps) {
  const { queries, may } = await enter();
  const given = Number((await searchParams).most ?? AT_FIRST);
  const most = Number.isInteger(given) ? Math.min(Math.max(given, 1), MOST) : AT_FIRST;
  const { items, waiting } = await queries.listLessons({ status: "candidate", seeded: false, limit: most });
  const candidates = await Promise.all(items.map(({ id }) => queries.getLesson(id)));
  const left = waiting - candidates.length;
  const mayDecide = may("approveLesson");
  return (
    <PageBody className={TWO_COLUMNS}>
      <Section
        id="waiting"
        title="Wait for review"
        beside={waiting > 0 ? `${waiting}; none is shown to agents before you approve it` : null}
      >
        {candidates.length === 0 ? (
          <p className="py-2 text-ink-2">
            None waits. New ones come here when a lesson rests on outside text, or was imported.
          </p>
        ) : (
          <ul className="*:border-b *:border-line">
            {candidates.map((lesson, at) => (
              <Candidate key={lesson.id} lesson={lesson} mayDecide={mayDecide} isFirst={at === 0} />
            ))}
          </ul>
        )}
        {left > 0 && most < MOST ? (
          <Link
            className={buttonLook("plain", "mt-3")}
            href={`/memory/candidates?most=${most + AT_FIRST}`}
            scroll={false}
          >
            Show {Math.min(left, AT_FIRST)} more
          </Link>
        ) : null}
      </Section>
      <aside aria-label="About candidates">
        <Section id="never" title="What a lesson can never do">
          <Pairs rows={NEVER} />
        </Section>
      </aside>
    </PageBody>
  );
}
