/** A browser's storage, in memory. */
export function memoryStorage(): Storage {
  const kept = new Map<string, string>();
  return {
    get length() { return kept.size; },
    clear: () => { kept.clear(); },
    getItem: key => kept.get(key) ?? null,
    key: index => [...kept.keys()][index] ?? null,
    removeItem: key => { kept.delete(key); },
    setItem: (key, value) => { kept.set(key, value); },
  };
}

/** Of a browser that lets nobody at it. */
export function refusingStorage(): Storage {
  const refuse = (): never => {
    throw new Error("SecurityError");
  };
  return {
    length: 0, clear: refuse, getItem: refuse, key: refuse, removeItem: refuse, setItem: refuse,
  };
}

/** Numbers in [0, 1) that are the same each time: mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = state + 0x6d2b79f5 | 0;
    let mixed = Math.imul(state ^ state >>> 15, 1 | state);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  };
}

/** Lets everything run that waits for nothing but its turn. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 50; i++) {
    await Promise.resolve();
  }
}
