import Link from "next/link";

export default function NotFound() {
  return (
    <main className="main" id="main">
      <header className="bar">
        <h1>There is nothing at this address</h1>
      </header>
      <div className="page">
        <p className="dim">
          What it named may have been deleted or renamed. <Link href="/trees">All trees</Link> and{" "}
          <Link href="/">what needs you</Link> are where they were.
        </p>
      </div>
    </main>
  );
}
