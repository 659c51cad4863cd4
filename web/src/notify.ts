// Sound and desktop notifications. Neither ever says who or what: a lock screen is read by others.

import type { Severity } from "./types.ts";

const TONES_HZ: Record<Severity, readonly number[]> = { info: [660], important: [660, 880], critical: [880, 660, 880] };
const TONE_S = 0.14;
const VOLUME = 0.12;

/** Sounds of the page; made with the first one, since browsers let no page make a sound unasked. */
export class Chime {
  #context: AudioContext | null = null;

  /** Sound as many tones as the severity asks for. */
  ring(severity: Severity): void {
    this.#context ??= new AudioContext();
    const context = this.#context;
    void context.resume();
    TONES_HZ[severity].forEach((frequency, index) => {
      const starts = context.currentTime + index * TONE_S;
      const tone = context.createOscillator();
      const gain = context.createGain();
      tone.frequency.value = frequency;
      // A hard end would click.
      gain.gain.setValueAtTime(VOLUME, starts);
      gain.gain.exponentialRampToValueAtTime(0.0001, starts + TONE_S);
      tone.connect(gain).connect(context.destination);
      tone.start(starts);
      tone.stop(starts + TONE_S);
    });
  }
}

const WORDS: Record<Severity, string> = { info: "A new alert", important: "An important alert", critical: "A critical alert" };

/** What a desktop notification says: how grave, and nothing else. */
export const notificationText = (severity: Severity): string => `${WORDS[severity]} is waiting.`;

/** Show a desktop notification if the reader allowed it and looks elsewhere; a click on it opens the alert. */
export function notify(severity: Severity, open: () => void): void {
  if (!("Notification" in window) || Notification.permission !== "granted" || document.hasFocus()) return;
  // One place on the desktop for all: the newest replaces the one before.
  const shown = new Notification("Tipline", { body: notificationText(severity), tag: "tipline-alert" });
  shown.onclick = () => {
    window.focus();
    open();
    shown.close();
  };
}

/** Ask the browser for leave to notify; false when it is refused or unknown here. */
export async function mayNotify(): Promise<boolean> {
  return "Notification" in window && (await Notification.requestPermission()) === "granted";
}
