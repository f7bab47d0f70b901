/** Scrolls one frame, and nothing around it: a viewer beside an answer must not move the answer. */

/** Put the element a third down the frame; sideways only when it is out of sight. */
export function bringIntoSight(frame, element) {
  const outer = frame.getBoundingClientRect();
  const inner = element.getBoundingClientRect();
  frame.scrollTop += inner.top - outer.top - Math.max((frame.clientHeight - inner.height) * 0.4, 0);
  const isBeside = inner.left < outer.left || inner.left > outer.right - 40;
  if (isBeside) frame.scrollLeft += inner.left - outer.left - frame.clientWidth * 0.2;
}
