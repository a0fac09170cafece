/** Grey bars in the shape of the rows to come; nothing for the first moment. */
export function ViewSkeleton() {
  return (
    <div className="scroll p-4" aria-busy="true">
      <span className="sr">The view is being loaded.</span>
      <div className="skel late">
        {["62%", "48%", "55%", "40%", "51%"].map((width) => (
          <i key={width} style={{ width }} />
        ))}
      </div>
    </div>
  );
}
