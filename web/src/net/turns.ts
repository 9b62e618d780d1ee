/**
 * Lets so many things be under way at once, and the others wait for their turn, first come, first
 * served. The server has a limit on unanswered questions of a connection (`history.requests`), and
 * answers what is beyond it with error 106.
 */
export class Turns {
  private readonly waiting: (() => void)[] = [];
  private underWay = 0;

  constructor(private readonly limit: number) {}

  async take<T>(act: () => Promise<T>): Promise<T> {
    if (this.underWay === this.limit) {
      await new Promise<void>(resolve => { this.waiting.push(resolve); });
    } else {
      this.underWay++;
    }
    try {
      return await act();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) {
        this.underWay--;
      } else {
        // Whoever is next has the place of the one who is done.
        next();
      }
    }
  }
}

/** Waits for the work, but no longer than this. */
export async function within(millis: number, work: Promise<unknown> | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<void>(resolve => { timer = setTimeout(resolve, millis); });
  await Promise.race([work, over]);
  clearTimeout(timer);
}
