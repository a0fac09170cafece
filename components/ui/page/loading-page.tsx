import { Page, PageBar, PageBody } from "./page";
import { SKELETON } from "./skeleton";

/** Placeholder page with grey bars as high as the rows, shown only when loading takes a moment. */
export function LoadingPage({ title, reads, rows = 8 }: { title: string; reads: string; rows?: number }) {
  return (
    <Page>
      <PageBar>
        <h1>{title}</h1>
      </PageBar>
      <PageBody>
        <ul className={`${SKELETON} *:border-b *:border-line`} data-loading role="status" aria-label={reads}>
          {Array.from({ length: rows }, (_, row) => row).map((row) => (
            <li className="py-2.75 [&>i]:my-1" key={row}>
              <i style={{ width: `${WIDTHS[row % WIDTHS.length]}%` }} />
              <i style={{ width: `${WIDTHS[(row + 2) % WIDTHS.length]}%` }} />
            </li>
          ))}
        </ul>
      </PageBody>
    </Page>
  );
}

const WIDTHS = [46, 38, 54, 32, 42];
