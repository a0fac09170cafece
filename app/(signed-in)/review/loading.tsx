/** Grey bars in the shape of what comes, shown only when it takes a moment. */
export default function ReviewLoading() {
  return (
    <main className="main fill" id="main">
      <header className="bar">
        <h1>Review</h1>
      </header>
      <div className="rev skel late" role="status" aria-label="What waits for a person is being read">
        <div className="queue p-3">
          <i />
          <i className="w-4/5" />
          <i />
          <i className="w-3/5" />
        </div>
        <div className="item p-6">
          <i className="w-1/4" />
          <i />
          <i className="w-4/5" />
        </div>
      </div>
    </main>
  );
}
