import { computed, signal } from "@preact/signals";

const KEPT = 1_000;

/** How long the own messages took from being sent to being acknowledged. */
export class Latency {
  private readonly millis = signal<readonly number[]>([]);

  readonly count = computed(() => this.millis.value.length);
  readonly p50 = computed(() => quantile(this.millis.value, 0.5));
  readonly p99 = computed(() => quantile(this.millis.value, 0.99));

  add(millis: number): void {
    this.millis.value = [...this.millis.value.slice(1 - KEPT), millis];
  }
}

/** The smallest of the values that `share` of them don't exceed (nearest rank); null of none. */
export function quantile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}
