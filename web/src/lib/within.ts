// Events of React come up through portals as well: from a menu to whatever it was opened on.

/** Whether what happened, happened within the element that handles it. Asked first by handlers around menus. */
export const isWithin = (event: { currentTarget: Element; target: EventTarget }): boolean =>
  event.currentTarget.contains(event.target as Node);
