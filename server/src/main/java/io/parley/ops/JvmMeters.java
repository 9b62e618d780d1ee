package io.parley.ops;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;

/// What the JVM and the process say of themselves, under Micrometer's own names: `jvm_memory_…`,
/// `jvm_gc_…`, `jvm_threads_…`, `process_cpu_…`, `process_files_…`, `process_uptime_…`.
public final class JvmMeters implements AutoCloseable {
  private final JvmGcMetrics collections = new JvmGcMetrics();

  private JvmMeters() {}

  /// Adds them. It takes the JVM a moment, so it is done once the node is ready.
  ///
  /// @return to be closed with the node: it listens to the collector
  public static JvmMeters bind(MeterRegistry registry) {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    var meters = new JvmMeters();
    meters.collections.bindTo(registry);
    return meters;
  }

  @Override
  public void close() {
    collections.close();
  }
}
