package io.parley;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Proxy;
import java.util.List;

/// Hears that a process which is ending is told once more to end. The JVM itself takes no notice of
/// that.
///
/// The class for signals is one that javac warns of and that there is no other for, so it is found
/// by its name. Where it can't be had, or signals are switched off (`-Xrs`), a second signal does
/// nothing, as always.
///
/// Thread-safe.
final class SecondSignal {
  private static final Logger LOG = System.getLogger(SecondSignal.class.getName());

  private SecondSignal() {}

  /// From here on the action is run, on a thread of its own, whenever SIGTERM or SIGINT comes.
  static void onAny(Runnable action) {
    try {
      var signal = Class.forName("sun.misc.Signal");
      var handlers = Class.forName("sun.misc.SignalHandler");
      var handler = Proxy.newProxyInstance(SecondSignal.class.getClassLoader(),
          new Class<?>[]{handlers}, (proxy, method, args) -> {
            action.run();
            return null;
          });
      for (var name : List.of("TERM", "INT")) {
        signal.getMethod("handle", signal, handlers)
            .invoke(null, signal.getConstructor(String.class).newInstance(name), handler);
      }
    } catch (ReflectiveOperationException none) {
      LOG.log(Level.DEBUG, "a second signal isn't heard", none);
    }
  }
}
