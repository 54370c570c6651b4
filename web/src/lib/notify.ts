// Notices of the system, for a person who is looking elsewhere. Asked for by a click, and never sent while
// the page is in sight.

const isThere = () => "Notification" in window && window.isSecureContext;

/** Whether a person can still be asked. */
export const canAsk = (): boolean => isThere() && Notification.permission === "default";

/** Asks the person; returns whether notices may be sent from now on. */
export const askToNotify = async (): Promise<boolean> =>
  isThere() && (await Notification.requestPermission()) === "granted";

/** Sends a notice, if it may and the page is out of sight. */
export function notify(title: string, body: string): void {
  if (!document.hidden || !isThere() || Notification.permission !== "granted") return;
  const notice = new Notification(title, { body, tag: title });
  notice.onclick = () => {
    window.focus();
    notice.close();
  };
}
