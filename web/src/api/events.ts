// The project's live events: a WebSocket that comes back by itself and goes on where it stopped.
import ReconnectingWebSocket from "partysocket/ws";

export interface LiveMessage {
  /** Place in the project's history; null for passing ticks such as progress. */
  seq: number | null;
  type: string;
  at: string;
  data: Record<string, unknown>;
}

export interface LiveHandlers {
  onMessage: (message: LiveMessage) => void;
  /** Also when the browser says that it is on the network again, and the socket never noticed. */
  onConnection: (isOpen: boolean) => void;
}

/** The server's reasons for which coming back is of no use: no such project, or a wrong sequence. */
const PERMANENT = new Set([4400, 4404]);

/** Listens to a project from after `seq` on. Returns how to stop. */
export function listen(projectId: string, seq: number, handlers: LiveHandlers): () => void {
  let last = seq;
  const address = () => {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    return `${scheme}://${location.host}/api/projects/${projectId}/events?after=${last}`;
  };
  const socket = new ReconnectingWebSocket(address, [], {
    minReconnectionDelay: 400,
    maxReconnectionDelay: 8000,
    reconnectionDelayGrowFactor: 1.7,
  });
  socket.addEventListener("open", () => handlers.onConnection(true));
  socket.addEventListener("close", ({ code }) => {
    if (PERMANENT.has(code)) socket.close();
    else handlers.onConnection(false);
  });
  socket.addEventListener("message", (event: MessageEvent<string>) => {
    const message = JSON.parse(event.data) as LiveMessage;
    if (message.seq !== null) {
      if (message.seq <= last) return;
      last = message.seq;
    }
    handlers.onMessage(message);
  });
  const comeBack = () => {
    if (socket.readyState === socket.OPEN) handlers.onConnection(true);
    else socket.reconnect();
  };
  window.addEventListener("online", comeBack);
  return () => {
    window.removeEventListener("online", comeBack);
    socket.close();
  };
}
