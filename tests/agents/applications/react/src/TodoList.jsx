/** The todos, each with a box that says whether it is done. */
export function TodoList({ todos, onDone }) {
  if (todos.length === 0) return <p>Nothing to do.</p>;
  return (
    <ul>
      {todos.map(({ id, text, done }) => (
        <li key={id}>
          <label>
            <input type="checkbox" checked={done} onChange={(event) => onDone(id, event.target.checked)} /> {text}
          </label>
        </li>
      ))}
    </ul>
  );
}
