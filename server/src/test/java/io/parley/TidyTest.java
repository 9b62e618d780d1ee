package io.parley;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Checks the shape of the source itself, in all modules of the repository, as TigerBeetle's
/// tidy.zig does.
final class TidyTest {
  private static final int MAX_FILE_LINES = 500;
  private static final int WANTED_FILE_LINES = 400;
  private static final int MAX_LINE_COLUMNS = 100;
  private static final int MAX_PACKAGE_TYPES = 20;
  private static final List<String> LEFTOVERS = List.of("FIXME", "XXX", "printStackTrace()");
  private static final Path REPOSITORY = Path.of("..");

  @Test
  void sourcesAreTidy() throws IOException {
    var complaints = new ArrayList<String>();
    var typesByPackage = new TreeMap<String, Integer>();
    int files = 0;
    for (var file : sources()) {
      files++;
      check(file, complaints);
      if (!file.endsWith("package-info.java")) {
        typesByPackage.merge(String.valueOf(file.getParent()), 1, Integer::sum);
      }
    }
    typesByPackage.forEach((name, types) -> {
      if (types > MAX_PACKAGE_TYPES) {
        complaints.add(name + ": " + types + " types, at most " + MAX_PACKAGE_TYPES);
      }
    });
    assertTrue(files > 100, "found " + files + " files (expected: those of all modules)");
    assertEquals("", String.join("\n", complaints));
  }

  private static List<Path> sources() throws IOException {
    var found = new ArrayList<Path>();
    try (var modules = Files.newDirectoryStream(REPOSITORY)) {
      for (var module : modules) {
        if (Files.exists(module.resolve("pom.xml")) && Files.isDirectory(module.resolve("src"))) {
          try (var files = Files.walk(module.resolve("src"))) {
            found.addAll(files.filter(f -> f.toString().endsWith(".java")).sorted().toList());
          }
        }
      }
    }
    return found;
  }

  private static void check(Path file, List<String> complaints) throws IOException {
    var lines = Files.readAllLines(file);
    if (lines.size() > MAX_FILE_LINES) {
      complaints.add(file + ": " + lines.size() + " lines, at most " + MAX_FILE_LINES);
    } else if (lines.size() > WANTED_FILE_LINES) {
      System.out.println("tidy: " + file + " has " + lines.size() + " lines (wanted: "
          + WANTED_FILE_LINES + " at most)");
    }
    for (int i = 0; i < lines.size(); i++) {
      var line = lines.get(i);
      var at = file + ":" + (i + 1) + ": ";
      int columns = line.codePointCount(0, line.length());
      if (columns > MAX_LINE_COLUMNS && !line.startsWith("import ")) {
        complaints.add(at + columns + " columns, at most " + MAX_LINE_COLUMNS);
      }
      for (var leftover : LEFTOVERS) {
        if (line.contains(leftover) && !file.endsWith("TidyTest.java")) {
          complaints.add(at + "leftover " + leftover);
        }
      }
    }
  }
}
