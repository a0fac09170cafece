/** Grey bars in the shape of what comes, shown only when it takes a moment. */
export default function OperationsLoading() {
  return (
    <div className="page skel late" role="status" aria-label="Operations is being read">
      <i className="w-1/4" />
      <div className="charts">
        {["one", "two", "three", "four"].map((name) => (
          <div className="chart" key={name}>
            <i className="w-1/3" />
            <div className="plot" />
          </div>
        ))}
      </div>
      <i className="w-1/4" />
      <i />
      <i className="w-4/5" />
    </div>
  );
}
