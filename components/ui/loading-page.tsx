/** Grey bars in the shape and height of the rows to come, shown only when it takes a moment. */
export function LoadingPage({ title, reads, rows = 8 }: { title: string; reads: string; rows?: number }) {
  return (
    <main className="main" id="main">
      <header className="bar">
        <h1>{title}</h1>
      </header>
      <div className="page">
        <ul className="skel late rows" role="status" aria-label={reads}>
          {Array.from({ length: rows }, (_, row) => row).map((row) => (
            <li className="skelrow" key={row}>
              <i style={{ width: `${WIDTHS[row % WIDTHS.length]}%` }} />
              <i style={{ width: `${WIDTHS[(row + 2) % WIDTHS.length]}%` }} />
            </li>
          ))}
        </ul>
      </div>
    </main>
  );
}

const WIDTHS = [46, 38, 54, 32, 42];
