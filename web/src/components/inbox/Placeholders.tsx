/** The list is being read, or could not be. */
export function Reading({ error, onRetry }: { readonly error: string | null; readonly onRetry: () => void }) {
  if (error === null) {
    return (
      <div className="loading" role="status">
        <span className="visually-hidden">Reading your alerts…</span>
        {[0, 1, 2, 3, 4].map((row) => <span key={row} className="skeleton" />)}
      </div>
    );
  }
  return (
    <div className="empty" role="alert">
      <h2>Your alerts could not be read</h2>
      <p>{error}</p>
      <button className="button" type="button" onClick={onRetry}>Try again</button>
    </div>
  );
}

/** Nothing has come, or everything is done. */
export function EmptyInbox() {
  return (
    <div className="empty">
      <h2>Nothing to read</h2>
      <p>News about your clients shows here within a second of its arrival. There is no need to reload.</p>
    </div>
  );
}

/** The search came back with nothing. */
export function NothingFound() {
  return (
    <div className="empty" role="status">
      <h2>Nothing found</h2>
      <p>No alert of your clients fits. Try fewer filters or another word.</p>
    </div>
  );
}
