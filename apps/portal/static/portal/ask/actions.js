/** What the buttons of a turn do. */

import { copyText } from "./clipboard.js";
import { words } from "./elements.js";
import { closeFeedback, giveVerdict, showVerdict } from "./feedback.js";
import { cancelReport, openReport } from "./missing.js";
import { addressOf, placeOf, titleOf } from "./places.js";
import { copyLink, toggleShare, withdraw } from "./share.js";
import { toggleTrace } from "./trace.js";

const ACTIONS = {
  copy: (turn) => copyText(withSources(turn)),
  share: toggleShare,
  "copy-link": copyLink,
  withdraw,
  regenerate: (turn) => turn.page.ask(turn),
  again: (turn) => turn.page.ask(turn),
  edit: (turn) => turn.page.edit(turn.question),
  widen: (turn) => turn.page.narrowed(turn, { filters: turn.narrowing.filters ?? {} }),
  unfilter: (turn) => turn.page.narrowed(turn, { collections: turn.narrowing.collections ?? [] }),
  up: (turn) => giveVerdict(turn, "up"),
  down: (turn) => giveVerdict(turn, "down"),
  "feedback-close": closeFeedback,
  report: openReport,
  "report-cancel": cancelReport,
  trace: toggleTrace,
};

/** Does what the button says. */
export function perform(name, turn, button) {
  ACTIONS[name]?.(turn, button);
}

/** Shows the verdict that was given. */
export const answeredBy = showVerdict;

function withSources({ answer }) {
  const sources = answer.citations.map((one) => {
    const place = [titleOf(one), placeOf(one)].filter(Boolean).join(", ");
    return `[${one.n}] ${place}\n    ${location.origin}${addressOf(one)}`;
  });
  return [answer.answer, "", `${words.sources}:`, ...sources].join("\n");
}
