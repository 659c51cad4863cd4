import { type PointerEvent, type RefObject, useEffect, useRef } from "react";

interface PointerHandlers {
  readonly onPointerEnter: (event: PointerEvent) => void;
  readonly onPointerLeave: (event: PointerEvent) => void;
}

/** Report that the list must stand still: it is scrolled down, or a mouse rests on it. */
export function useHold(scroller: RefObject<HTMLElement | null>, onHold: (held: boolean) => void): PointerHandlers {
  const pointed = useRef(false);

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const onScroll = (): void => onHold(pointed.current || element.scrollTop > 0);
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      element.removeEventListener("scroll", onScroll);
      onHold(false);
    };
  }, [scroller, onHold]);

  const point = (event: PointerEvent, inside: boolean): void => {
    if (event.pointerType !== "mouse") return;
    pointed.current = inside;
    onHold(inside || (scroller.current?.scrollTop ?? 0) > 0);
  };
  return {
    onPointerEnter: (event) => point(event, true),
    onPointerLeave: (event) => point(event, false),
  };
}
