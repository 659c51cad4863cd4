import * as api from "../../api.ts";
import { useLoaded } from "../../hooks.ts";

/** A choice among the reader's clients; the first option stands for none of them. */
export function ClientSelect({ name, none }: { readonly name: string; readonly none: string }) {
  const { value } = useLoaded("clients", api.readClients);
  return (
    <select name={name}>
      <option value="">{none}</option>
      {value?.items.map((client) => <option key={client.client_id} value={client.client_id}>{client.display}</option>)}
    </select>
  );
}

/** The text of a form's field; null when it was left empty. */
export function fieldOf(form: FormData, name: string): string | null {
  const text = String(form.get(name) ?? "").trim();
  return text === "" ? null : text;
}
