import { LongText } from "@/components/text/long-text";
import { SectionHead } from "@/components/ui/page/section";
import type { Comparison } from "@/core/shapes/comparison";
import { namesOf, startRows } from "@/core/words/comparison";
import { ComparedRow, SidesHead } from "./compared-row";

/** Names what the two trees were started with and differs, and what is the same. */
export function StartedWith({ trees }: Pick<Comparison, "trees">) {
  const rows = startRows(...trees);
  const [different, same] = [rows.filter((row) => row.differs), rows.filter((row) => !row.differs)];
  return (
    <section className="mt-6" aria-labelledby="started-with">
      <SectionHead>
        <h2 id="started-with">Started with</h2>
        <span className="text-ink-3">
          {different.length === 0 ? "no difference" : `${different.length} of ${rows.length} differ`}
        </span>
      </SectionHead>
      {different.length > 0 ? (
        <table className="mt-2 w-full table-fixed border-collapse text-left align-top font-normal wrap-anywhere">
          <SidesHead trees={trees} />
          <tbody>
            {different.map(({ name, a, b }) => (
              <ComparedRow key={name} name={name} a={<Fact text={a} />} b={<Fact text={b} />} />
            ))}
          </tbody>
        </table>
      ) : null}
      {same.length > 0 ? <p className="mt-2 text-ink-2">The same in both: {namesOf(same)}.</p> : null}
    </section>
  );
}

/** Longer facts, such as instructions, start cut. */
const SHORT_CHARACTERS = 400;

function Fact({ text }: { text: string }) {
  return text.length > SHORT_CHARACTERS ? (
    <LongText look="bare" text={text} />
  ) : (
    <p className="whitespace-pre-wrap">{text}</p>
  );
}
