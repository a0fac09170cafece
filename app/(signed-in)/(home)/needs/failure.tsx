/** Why the last try to decide an item failed. */
export function Failure({ sentence }: { sentence: string | null }) {
  if (sentence === null) return null;
  return (
    <p className="wrap-anywhere mt-1 text-fail text-small" role="alert">
      {sentence}
    </p>
  );
}
