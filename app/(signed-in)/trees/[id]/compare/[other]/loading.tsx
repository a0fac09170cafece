/** Grey bars in the shape of what comes, shown only when it takes a moment. */
export default function ComparisonLoading() {
  return (
    <main className="main" id="main">
      <header className="bar">
        <h1>Compare two trees</h1>
      </header>
      <div className="page skel late" role="status" aria-label="The two trees are being compared">
        <i className="w-1/2" />
        <i />
        <i />
        <i className="w-4/5" />
      </div>
    </main>
  );
}
