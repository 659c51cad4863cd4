import { Keys } from "../Help.tsx";
import { About } from "./About.tsx";
import { CoverPanel } from "./CoverPanel.tsx";
import { MutesPanel } from "./MutesPanel.tsx";
import { PreferencesForm } from "./PreferencesForm.tsx";

/** How the reader likes the page, who stands in, and what is to be quiet. */
export function SettingsPage() {
  return (
    <main className="settings">
      <PreferencesForm />
      <CoverPanel />
      <MutesPanel />
      <section className="card" aria-label="Keyboard">
        <h2>Keyboard</h2>
        <Keys />
      </section>
      <About />
    </main>
  );
}
