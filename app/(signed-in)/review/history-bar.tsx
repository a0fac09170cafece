import Link from "next/link";

const PLACES = [
  { href: "/review", word: "Queue" },
  { href: "/review/decided", word: "Decided" },
  { href: "/review/rules", word: "Rules" },
];

/** The head of what stands behind the queue. */
export function HistoryBar({ title }: { title: string }) {
  return (
    <header className="bar">
      <h1>{title}</h1>
      <span className="grow" />
      {PLACES.filter((place) => place.word !== title).map((place) => (
        <Link key={place.href} className="btn quiet" href={place.href}>
          {place.word}
        </Link>
      ))}
    </header>
  );
}
