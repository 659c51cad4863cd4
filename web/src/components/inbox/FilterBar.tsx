import { useEffect, useRef, useState } from "react";

import * as api from "../../api.ts";
import { useDesk } from "../../desk.ts";
import { useLoaded } from "../../hooks.ts";
import { alertHref, type Filter, go, isFiltered, noFilter } from "../../route.ts";
import { SEVERITIES, STATES, TOPICS } from "../../topics.ts";

const TYPED_WITHIN_MS = 300;

/** Search over the whole history; with nothing in it the inbox shows. */
export function FilterBar({ filter }: { readonly filter: Filter }) {
  const { preferences } = useDesk();
  const [unfolded, setUnfolded] = useState(() => isFiltered({ ...filter, q: "" }));
  const set = (change: Partial<Filter>): void => go(alertHref(null, { ...filter, ...change }));
  return (
    <search className="filters">
      <div className="filters-line">
        <SearchField q={filter.q} onSearch={(q) => set({ q })} />
        <button className="button" type="button" aria-expanded={unfolded} onClick={() => setUnfolded(!unfolded)}>
          Filters
        </button>
        {isFiltered(filter) && (
          <button className="button" type="button" onClick={() => go(alertHref(null, noFilter))}>Clear</button>
        )}
      </div>
      {unfolded && (
        <div className="filters-fields">
          <Choice name="Severity" value={filter.severity} options={SEVERITIES} onChoose={(severity) => set({ severity })} />
          <Choice name="State" value={filter.state} options={STATES} onChoose={(state) => set({ state })} />
          <Choice name="Topic" value={filter.topic} options={TOPICS} onChoose={(topic) => set({ topic })} />
          <ClientChoice value={filter.client} onChoose={(client) => set({ client })} />
          <label>From <input type="date" value={filter.from} onChange={(event) => set({ from: event.target.value })} /></label>
          <label>To <input type="date" value={filter.to} onChange={(event) => set({ to: event.target.value })} /></label>
          <a className="button" href={api.exportUrl(filter, preferences.time_zone)} download="alerts.csv">Export CSV</a>
        </div>
      )}
    </search>
  );
}

function SearchField({ q, onSearch }: { readonly q: string; readonly onSearch: (q: string) => void }) {
  const [typed, setTyped] = useState(q);
  const search = useRef(onSearch);
  useEffect(() => {
    search.current = onSearch;
  });
  useEffect(() => setTyped(q), [q]);
  useEffect(() => {
    if (typed.trim() === q) return;
    const timer = window.setTimeout(() => search.current(typed.trim()), TYPED_WITHIN_MS);
    return () => window.clearTimeout(timer);
  }, [typed, q]);
  return (
    <input
      id="search" type="search" aria-label="Search all alerts" placeholder="Search all alerts" value={typed}
      onChange={(event) => setTyped(event.target.value)}
    />
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly value: string;
  readonly options: readonly string[];
  readonly onChoose: (value: string) => void;
}

function Choice({ name, value, options, onChoose }: ChoiceProps) {
  return (
    <label>
      {name}{" "}
      <select value={value} onChange={(event) => onChoose(event.target.value)}>
        <option value="">any</option>
        {options.map((option) => <option key={option}>{option}</option>)}
      </select>
    </label>
  );
}

function ClientChoice({ value, onChoose }: { readonly value: string; readonly onChoose: (id: string) => void }) {
  const { value: clients } = useLoaded("clients", api.readClients);
  return (
    <label>
      Client{" "}
      <select value={value} onChange={(event) => onChoose(event.target.value)}>
        <option value="">any</option>
        {clients?.items.map((client) => <option key={client.client_id} value={client.client_id}>{client.display}</option>)}
      </select>
    </label>
  );
}
