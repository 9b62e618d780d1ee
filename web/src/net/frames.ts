import { signal } from "@preact/signals";

/** One frame as it was on the wire. */
export interface Frame {
  /** No other frame of the page has it. */
  readonly id: number;
  readonly way: "in" | "out";
  readonly text: string;
  /** Milliseconds since the page began. */
  readonly at: number;
}

const KEPT = 200;

const TOKEN = /"token"\s*:\s*"(?:[^"\\]|\\.)*"/gu;

/** The last frames of all connections of the page, for the drawer; and the socket to cut. */
export class FrameLog {
  readonly frames = signal<readonly Frame[]>([]);
  readonly counts = signal({ in: 0, out: 0 });
  private socket: WebSocket | null = null;
  private nextId = 0;

  /** What the SDK opens in place of the browser's `WebSocket`: the same, but overheard. */
  readonly socketType = this.overheard();

  /** Drops the connection as a bad network would: the SDK knows nothing of it. */
  drop(): void {
    this.socket?.close();
  }

  private add(way: "in" | "out", data: unknown): void {
    const text = typeof data !== "string" ? "(binary)" : way === "out" ? masked(data) : data;
    const id = this.nextId++;
    this.frames.value =
      [...this.frames.value.slice(1 - KEPT), { id, way, text, at: performance.now() }];
    const counts = this.counts.value;
    this.counts.value = { ...counts, [way]: counts[way] + 1 };
  }

  private overheard(): typeof WebSocket {
    const opened = (socket: WebSocket): void => {
      this.socket = socket;
    };
    const heard = this.add.bind(this);
    return class extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols);
        opened(this);
        this.addEventListener("message", event => { heard("in", event.data); });
      }

      override send(data: Parameters<WebSocket["send"]>[0]): void {
        heard("out", data);
        super.send(data);
      }
    };
  }
}

/** A token lets in whoever has it, and a drawer is shown around. */
function masked(frame: string): string {
  return frame.replace(TOKEN, "\"token\":\"***\"");
}
