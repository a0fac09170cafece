/** Grey bars in the shape of what comes, shown only when it takes a moment. */
export function EntriesLoading({ title }: { title: string }) {
  return (
    <main className="main" id="main">
      <header className="bar">
        <h1>{title}</h1>
      </header>
      <div className="page skel late" role="status" aria-label={`${title} are being read`}>
        <i className="w-1/3" />
        <i />
        <i className="w-4/5" />
        <i />
        <i className="w-2/3" />
      </div>
    </main>
  );
}
