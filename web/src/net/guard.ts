/**
 * A handler that may fail without harm to whoever calls it: the SDK takes what a handler throws for
 * a fault of the protocol, and disconnects for good.
 */
export function guarded<E>(
  tell: (what: string) => void, handler: (event: E) => void,
): (event: E) => void {
  return event => {
    try {
      handler(event);
    } catch (error) {
      tell(`failed: ${String(error)}`);
    }
  };
}
