import Link from "next/link";
import { buttonLook } from "@/components/ui/button-look";
import { PageBar } from "@/components/ui/page/page";

const PLACES = [
  { href: "/review", word: "Queue" },
  { href: "/review/decided", word: "Decided" },
  { href: "/review/rules", word: "Rules" },
];

/** Page bar of the pages Decided and Rules, with links between them and the queue. */
export function HistoryBar({ title }: { title: string }) {
  return (
    <PageBar>
      <h1>{title}</h1>
      <span className="min-w-0 flex-auto" />
      {PLACES.filter((place) => place.word !== title).map((place) => (
        <Link key={place.href} className={buttonLook("quiet")} href={place.href}>
          {place.word}
        </Link>
      ))}
    </PageBar>
  );
}
