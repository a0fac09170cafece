/** Grey bars in the shape of the rows to come; nothing for the first moment. */
export function ViewSkeleton() {
  return (
    <div className="scroll p-4" aria-busy="true">
      <span className="sr">The view is being loaded.</span>
      {["62%", "48%", "55%", "40%", "51%"].map((width) => (
        <div key={width} className="skel late" style={{ width, height: 16, marginBottom: 12 }} />
      ))}
    </div>
  );
}
