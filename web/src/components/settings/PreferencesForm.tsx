import { type ReactNode, useState } from "react";

import { useDesk } from "../../desk.ts";
import { mayNotify } from "../../notify.ts";
import { isZone } from "../../time.ts";
import type { Preferences } from "../../workspace.ts";

const THEMES: readonly (readonly [Preferences["theme"], string])[] = [
  ["system", "As the system"], ["light", "Light"], ["dark", "Dark"],
];
const DENSITIES: readonly (readonly [Preferences["density"], string])[] = [
  ["comfortable", "Comfortable"], ["compact", "Compact"],
];

/** Each change is kept at once, for every browser of the reader. */
export function PreferencesForm() {
  const { preferences, prefer } = useDesk();
  const [error, setError] = useState<string | null>(null);
  const set = async (change: Partial<Preferences>): Promise<void> => setError(await prefer(change));
  const notifyOnDesktop = async (wanted: boolean): Promise<void> => {
    if (!wanted || (await mayNotify())) return set({ desktop_notifications: wanted });
    setError("The browser does not allow notifications for this page.");
  };
  return (
    <section className="card" aria-label="Preferences">
      <h2>Preferences</h2>
      {error !== null && <p className="field-error" role="alert">{error}</p>}
      <Switch on={preferences.sound} onSwitch={(sound) => set({ sound })}>Sound for a new alert</Switch>
      <Switch on={preferences.desktop_notifications} onSwitch={notifyOnDesktop}>
        Desktop notification for a new alert, without names
      </Switch>
      <Switch on={preferences.hide_amounts} onSwitch={(hidden) => set({ hide_amounts: hidden })}>Hide amounts</Switch>
      <Select name="Colours" value={preferences.theme} options={THEMES} onSelect={(theme) => set({ theme })} />
      <Select name="Density" value={preferences.density} options={DENSITIES} onSelect={(density) => set({ density })} />
      <ZoneField zone={preferences.time_zone} onZone={(zone) => set({ time_zone: zone })} />
    </section>
  );
}

interface SwitchProps {
  readonly on: boolean;
  readonly onSwitch: (on: boolean) => Promise<void>;
  readonly children: ReactNode;
}

function Switch({ on, onSwitch, children }: SwitchProps) {
  return (
    <label className="switch">
      <input type="checkbox" role="switch" checked={on} onChange={(event) => void onSwitch(event.target.checked)} />
      {children}
    </label>
  );
}

interface SelectProps<T extends string> {
  readonly name: string;
  readonly value: T;
  readonly options: readonly (readonly [T, string])[];
  readonly onSelect: (value: T) => Promise<void>;
}

function Select<T extends string>({ name, value, options, onSelect }: SelectProps<T>) {
  return (
    <label className="setting">
      {name}
      <select value={value} onChange={(event) => void onSelect(event.target.value as T)}>
        {options.map(([option, word]) => <option key={option} value={option}>{word}</option>)}
      </select>
    </label>
  );
}

interface ZoneProps {
  readonly zone: string | null;
  readonly onZone: (zone: string | null) => Promise<void>;
}

function ZoneField({ zone, onZone }: ZoneProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? zone ?? "";
  const known = text === "" || isZone(text);
  const keep = async (): Promise<void> => {
    if (typed === null || !known) return;
    await onZone(text === "" ? null : text);
    setTyped(null);
  };
  return (
    <label className="setting">
      Time zone
      <input list="zones" value={text} placeholder="As the browser" aria-invalid={!known}
        onChange={(event) => setTyped(event.target.value)} onBlur={() => void keep()} />
      <datalist id="zones">{Intl.supportedValuesOf("timeZone").map((name) => <option key={name} value={name} />)}</datalist>
      {!known && <span className="field-error">No such zone</span>}
    </label>
  );
}
