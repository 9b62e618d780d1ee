package io.parley.loop;

/// Something that gathers bytes during a tick and writes them at its end.
@FunctionalInterface
public interface Flushable {
  void flush();
}
