import type { Question } from "../../desk.ts";
import type { Inbox } from "../../store.ts";
import { Help } from "../Help.tsx";
import { DismissDialog } from "./DismissDialog.tsx";
import { EscalateDialog } from "./EscalateDialog.tsx";
import { FeedbackDialog } from "./FeedbackDialog.tsx";
import { SnoozeDialog } from "./SnoozeDialog.tsx";

interface Props {
  readonly question: Question | null;
  readonly inbox: Inbox;
  readonly onClose: () => void;
}

/** The dialog that is open, if any. */
export function Questions({ question, inbox, onClose }: Props) {
  if (question === null) return null;
  if (question.kind === "help") return <Help onClose={onClose} />;
  const alert = inbox.feed.alerts.get(question.alertId);
  if (alert === undefined) return null;
  switch (question.kind) {
    case "snooze":
      return <SnoozeDialog alert={alert} onClose={onClose} />;
    case "dismiss":
      return <DismissDialog alert={alert} onClose={onClose} />;
    case "escalate":
      return <EscalateDialog alert={alert} onClose={onClose} />;
    case "feedback":
      return <FeedbackDialog alert={alert} onClose={onClose} />;
  }
}
