package io.parley;

import io.parley.config.Settings;
import io.parley.config.reader.SettingsException;
import io.parley.config.reader.SettingsReader;
import io.parley.log.LogFormat;
import io.parley.log.LogLine;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// The program: `parley node`, `parley check-config FILE`, `parley token`,
/// `parley version`. The launcher beside
/// the sources knows one more, `parley up`, which it never hands on to here.
///
/// Exit codes: 0 as asked; 1 something around it is not as needed (a port in use); 2 it was told
/// something wrong.
public final class Parley {
  private static final int OK = 0;
  private static final int ENVIRONMENT = 1;
  private static final int USAGE = 2;

  /// A process takes a moment to end.
  private static final Duration HALT_AHEAD = Duration.ofMillis(50);

  private static final String HELP = """
      parley up [--help] [...]                        runs a cluster for development on this
                                                      machine; only where the sources are
      parley node [--config FILE] [--KEY VALUE ...]   runs a node
      parley node --print-config [...]                shows the settings it would run with
      parley check-config FILE                        checks a settings file
      parley token --user NAME [--ttl 1h] [--channel CHANNEL] [--secret SECRET] [--config FILE]
                                                      makes a token by the settings of a node
      parley version                                  says which this is

      Every KEY is in docs/configuration.md; the same keys are read from the environment
      (PARLEY_...).
      """;

  private final PrintStream out;
  private final PrintStream err;

  private Parley(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  public static void main(String[] args) {
    int status = new Parley(System.out, System.err).run(List.of(args));
    if (status != OK) {
      System.exit(status);
    }
  }

  private int run(List<String> args) {
    var command = args.isEmpty() ? "help" : args.getFirst();
    var rest = args.isEmpty() ? args : args.subList(1, args.size());
    return switch (command) {
      case "node" -> node(rest);
      case "check-config" -> checkConfig(rest);
      case "token" -> token(rest);
      case "version", "--version" -> version();
      case "help", "--help", "-h" -> {
        out.print(HELP);
        yield OK;
      }
      default -> usage("command: '" + command + "' (expected: one of these)");
    };
  }

  private int node(List<String> args) {
    var flags = new ArrayList<>(args);
    boolean printOnly = flags.remove("--print-config");
    Settings settings;
    try {
      var file = takeConfigFile(flags);
      settings = SettingsReader.read(file, environment(), flags);
    } catch (SettingsException e) {
      return refuse(e);
    } catch (IllegalArgumentException e) {
      return usage(String.valueOf(e.getMessage()));
    }
    if (printOnly) {
      out.print(settings.toYaml());
      return OK;
    }
    return serve(settings);
  }

  private int serve(Settings settings) {
    LogLine.install(settings.log().isJson() ? LogFormat.JSON : LogFormat.TEXT);
    try {
      var node = Node.start(settings);
      Runtime.getRuntime().addShutdownHook(
          new Thread(() -> drain(node, settings.drain().deadline()), "parley-drain"));
      node.ready().join();
      Thread.currentThread().join();
      return OK;
    } catch (IOException e) {
      err.println("parley: " + e.getMessage());
      return ENVIRONMENT;
    } catch (CompletionException e) {
      err.println("parley: " + (e.getCause() == null ? e : e.getCause()).getMessage());
      // Past the shutdown hook: there is nobody to send elsewhere.
      Runtime.getRuntime().halt(ENVIRONMENT);
      return ENVIRONMENT;
    } catch (InterruptedException e) {
      return OK;
    }
  }

  /// Ends the process, within the deadline whatever happens, and sooner when it is told a second
  /// time: then nobody is waited for who may come back elsewhere. Being told to stop is no failure:
  /// 0, not the 143 that a JVM ends with on SIGTERM.
  private static void drain(Node node, Duration deadline) {
    Thread.ofPlatform().daemon().name("parley-drain-deadline").start(() -> {
      try {
        Thread.sleep(deadline.minus(HALT_AHEAD));
      } catch (InterruptedException impossible) {
        // Nobody interrupts it.
      }
      Runtime.getRuntime().halt(OK);
    });
    SecondSignal.onAny(node::hurry);
    try {
      node.drain();
    } finally {
      Runtime.getRuntime().halt(OK);
    }
  }

  private int checkConfig(List<String> args) {
    if (args.size() != 1) {
      return usage("check-config: " + args.size() + " arguments (expected: one file)");
    }
    try {
      SettingsReader.read(Path.of(args.getFirst()), Map.of(), List.of());
      out.println(args.getFirst() + ": fine");
      return OK;
    } catch (SettingsException e) {
      return refuse(e);
    }
  }

  private int token(List<String> args) {
    var flags = new ArrayList<>(args);
    try {
      out.println(TokenCommand.run(takeConfigFile(flags), environment(), flags));
      return OK;
    } catch (SettingsException e) {
      return refuse(e);
    } catch (IllegalArgumentException e) {
      return usage(String.valueOf(e.getMessage()));
    }
  }

  private int version() {
    var version = Parley.class.getPackage().getImplementationVersion();
    out.println("parley " + (version == null ? "(not built as a jar)" : version));
    return OK;
  }

  /// Takes `--config FILE` or `--config=FILE` out of the flags.
  private static @Nullable Path takeConfigFile(List<String> flags) {
    for (int i = 0; i < flags.size(); i++) {
      var flag = flags.get(i);
      if (flag.startsWith("--config=")) {
        flags.remove(i);
        return Path.of(flag.substring("--config=".length()));
      }
      if (flag.equals("--config")) {
        if (i + 1 == flags.size()) {
          throw new IllegalArgumentException("--config: no file (expected: --config FILE)");
        }
        flags.remove(i);
        return Path.of(flags.remove(i));
      }
    }
    return null;
  }

  private static Map<String, String> environment() {
    return new HashMap<>(System.getenv());
  }

  private int refuse(SettingsException e) {
    err.println("parley: " + e.problems().size() + " problems in the settings:");
    e.problems().forEach(problem -> err.println("  " + problem));
    return USAGE;
  }

  private int usage(String problem) {
    err.println("parley: " + problem);
    err.print(HELP);
    return USAGE;
  }
}
