package io.parley.dev;

import java.util.List;

/// The entry of `./parley up`. Exit codes: 0 after `--help`, 1 when something around it keeps it
/// from starting, 2 when the arguments are wrong; else it lives until it is told to end.
public final class Up {
  private Up() {}

  public static void main(String[] args) throws InterruptedException {
    UpOptions options;
    try {
      options = UpOptions.parse(List.of(args));
    } catch (IllegalArgumentException wrong) {
      System.err.println("parley up: " + wrong.getMessage());
      System.exit(2);
      return;
    }
    if (options.help()) {
      System.out.println(UpOptions.USAGE);
      return;
    }
    var cluster = new Cluster(options, new Console(System.out));
    Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "shutdown"));
    try {
      cluster.start();
    } catch (StartFailure failure) {
      // Being told to end while starting is no failure; then the hook is at work already.
      if (!cluster.isClosed()) {
        System.err.println("parley up: " + failure.getMessage());
      }
      System.exit(1);
    }
    Thread.currentThread().join();
  }
}
