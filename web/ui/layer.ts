/**
 * Lays an element over everything on the page, without a word about z-index where the browser can. `above`: also over what
 * was laid there later.
 */
export function raise(element: HTMLElement, above: boolean): void {
  if (!('popover' in element) || !element.isConnected) return
  element.popover = 'manual'
  if (element.matches(':popover-open')) {
    // What is hidden, if only for a moment, loses the focus.
    if (!above || element.matches(':focus-within')) return
    element.hidePopover()
  }
  element.showPopover()
}

/** Takes it back. */
export function lower(element: HTMLElement): void {
  if ('popover' in element && element.popover !== null && element.matches(':popover-open')) element.hidePopover()
}
