import { type RefObject, useLayoutEffect, useState } from "react";

import { type Span, visibleSpan } from "../../viewport.ts";

/** Which of `count` rows of `rowHeight` pixels to draw for where the list is scrolled to. */
export function useSpan(scroller: RefObject<HTMLElement | null>, rowHeight: number, count: number): Span {
  const [span, setSpan] = useState<Span>({ first: 0, last: 0 });

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const update = (): void => {
      const next = visibleSpan(element.scrollTop, element.clientHeight, rowHeight, count);
      setSpan((before) => (before.first === next.first && before.last === next.last ? before : next));
    };
    update();
    element.addEventListener("scroll", update, { passive: true });
    const resized = new ResizeObserver(update);
    resized.observe(element);
    return () => {
      element.removeEventListener("scroll", update);
      resized.disconnect();
    };
  }, [scroller, rowHeight, count]);
  return span;
}
