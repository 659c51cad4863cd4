const PARTS: readonly (readonly [name: string, licence: string, href: string])[] = [
  ["uPlot, by Leon Sorokin: the charts", "MIT licence", "https://github.com/leeoniya/uPlot"],
  ["React and React DOM, by Meta and contributors", "MIT licence", "https://react.dev"],
];

/** What the page is made with. */
export function About() {
  return (
    <section className="card" aria-label="About">
      <h2>About</h2>
      <p>Tipline tells relationship managers what the news says about their clients, and how their portfolios stand.</p>
      <ul className="entries">
        {PARTS.map(([name, licence, href]) => (
          <li key={name}>
            <span><a href={href} target="_blank" rel="noopener noreferrer">{name}</a>, {licence}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
