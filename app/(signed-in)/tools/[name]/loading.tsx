/** Grey bars in the shape of what comes, shown only when it takes a moment. */
export default function ToolLoading() {
  return (
    <main className="main" id="main">
      <header className="bar">
        <h1>Tool</h1>
      </header>
      <div className="page skel late" role="status" aria-label="The tool is being read">
        <i className="w-1/4" />
        <i />
        <i className="w-4/5" />
        <i className="w-3/5" />
      </div>
    </main>
  );
}
