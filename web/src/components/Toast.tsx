import { useEffect } from "react";

import type { Notice } from "../store.ts";

const SHOWN_MS = 8000;

interface Props {
  readonly notice: Notice | null;
  readonly onClose: () => void;
}

/** What was just done, for a few seconds, with a way to take it back. */
export function Toast({ notice, onClose }: Props) {
  useEffect(() => {
    if (notice === null) return;
    const timer = window.setTimeout(onClose, SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [notice, onClose]);

  return (
    <div className="toast" role="status">
      {notice !== null && (
        <p>
          {notice.text}{" "}
          {notice.undo !== null && <button className="button" type="button" onClick={notice.undo}>Undo</button>}
        </p>
      )}
    </div>
  );
}
