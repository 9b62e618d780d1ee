package io.parley.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.e2e.harness.Program;
import io.parley.e2e.harness.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `./parley`, the script: which Java it takes, and when it builds. It runs as a copy between
/// sources of its own, with a `mvn` that copies the jar that this build has made.
@Timeout(60)
class LauncherTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String BUILDING = "parley: building";

  @TempDir
  private Path folder;
  private Path home;
  private Path source;
  private Path page;
  private Path jar;

  @BeforeEach
  void layOutTheSources() throws IOException {
    home = Files.createDirectories(folder.resolve("a clone"));
    Files.copy(Repository.launcher(), home.resolve("parley"));
    Files.setPosixFilePermissions(
        home.resolve("parley"), PosixFilePermissions.fromString("rwxr-xr-x"));
    source = Files.createDirectories(home.resolve("server/src/main")).resolve("Source.java");
    jar = Files.createDirectories(home.resolve("server/target")).resolve("parley-server.jar");
    page = Files.createDirectories(home.resolve("web/src")).resolve("main.ts");
    for (var file : List.of(home.resolve("pom.xml"), home.resolve("server/pom.xml"), source,
        home.resolve("web/pom.xml"), home.resolve("web/package.json"), page)) {
      Files.writeString(file, "");
    }
    Files.createDirectories(home.resolve("web/build"));
    Files.copy(Repository.root().resolve("web/build/page.sh"), home.resolve("web/build/page.sh"));
    var built = Repository.root().resolve("server/target");
    Files.copy(built.resolve("node.options"), jar.resolveSibling("node.options"));
    Files.createSymbolicLink(jar.resolveSibling("lib"), built.resolve("lib"));
    // As the real one: the page only where it is asked for.
    script("bin/mvn", "echo \"$*\" >mvn.txt\ncp '" + built.resolve("parley-server.jar")
        + "' server/target/\ncase $* in *-Dparley.web.skip=false*)"
        + " mkdir -p web/target/dist && touch web/target/dist/files.txt"
        + " && touch server/target/parley-server.jar ;; esac");
    script("bin/npm", "exit 9");
    script("bin/node", "case $1 in --version) echo v20.19.0 ;; esac");
  }

  private void script(String name, String body) throws IOException {
    var file = folder.resolve(name);
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /// Runs `./parley version` from another folder.
  private Program version(String path, Map<String, String> environment) {
    var all = new HashMap<>(environment);
    all.put("PATH", path);
    return Program.start("launcher", folder, all,
        List.of(home.resolve("parley").toString(), "version"));
  }

  private Program version() {
    return version(folder.resolve("bin") + ":" + System.getenv("PATH"), Map.of());
  }

  @Test
  void itBuildsWhatIsMissingAndWhatIsOlderThanItsSourcesAndSaysSo() throws IOException {
    try (var missing = version()) {
      assertEquals(0, missing.awaitExit(SOON), missing::toString);
      assertTrue(missing.lines().getFirst().startsWith(BUILDING), missing::toString);
    }
    try (var fresh = version()) {
      assertEquals(0, fresh.awaitExit(SOON), fresh::toString);
      assertTrue(fresh.lines().getFirst().startsWith("parley "), fresh::toString);
    }
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
    try (var changed = version()) {
      assertEquals(0, changed.awaitExit(SOON), changed::toString);
      assertTrue(changed.lines().getFirst().startsWith(BUILDING), changed::toString);
    }
  }

  private boolean hasBuiltThePage() throws IOException {
    return Files.readString(home.resolve("mvn.txt")).contains("-Dparley.web.skip=false");
  }

  @Test
  void itBuildsThePageWhereThatIsMissingOrHasChangedAndNeedsNoNodeJsForTheRest()
      throws IOException {
    try (var missing = version()) {
      assertEquals(0, missing.awaitExit(SOON), missing::toString);
      assertTrue(hasBuiltThePage());
    }
    for (var changed : List.of(page, home.resolve("web/package.json"),
        home.resolve("web/pom.xml"))) {
      Files.setLastModifiedTime(changed, FileTime.from(Instant.now().plusSeconds(60)));
      try (var program = version()) {
        assertEquals(0, program.awaitExit(SOON), program::toString);
        assertTrue(program.lines().getFirst().startsWith(BUILDING), program::toString);
        assertTrue(hasBuiltThePage());
      }
      Files.setLastModifiedTime(changed, FileTime.from(Instant.EPOCH));
    }
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
    script("bin/node", "exit 9");
    try (var program = version()) {
      assertEquals(0, program.awaitExit(SOON), program::toString);
      assertTrue(program.lines().getFirst().startsWith(BUILDING), program::toString);
      assertFalse(hasBuiltThePage());
    }
  }

  @Test
  void withoutNodeJsOrWithAnOldOneItSaysWhatBuildsThePage() throws IOException {
    script("bin/node", "case $1 in --version) echo v18.20.4 ;; *) exit 1 ;; esac");
    try (var old = version()) {
      assertEquals(1, old.awaitExit(SOON), old::toString);
      assertEquals(List.of("parley: the page is built by Node.js 20.19 or later and its npm; found"
          + " v18.20.4: install a newer one"), old.lines());
    }
    var tools = toolsWithout("node", "npm");
    try (var none = version(tools.toString(), Map.of("JAVA_HOME", javaHome()))) {
      assertEquals(1, none.awaitExit(SOON), none::toString);
      assertEquals(List.of("parley: the page is built by Node.js 20.19 or later and its npm; there"
          + " is no node on the PATH: install Node.js"), none.lines());
    }
    assertFalse(Files.exists(home.resolve("mvn.txt")), "nothing was begun");
  }

  /// A cache that can't be used, where its JVM must say so.
  private Program versionWithBadCache(Instant changed, String javaOptions) throws IOException {
    Files.writeString(Files.createDirectories(home.resolve("web/target/dist"))
        .resolve("files.txt"), "");
    Files.copy(Repository.root().resolve("server/target/parley-server.jar"), jar,
        StandardCopyOption.REPLACE_EXISTING);
    var cache = jar.resolveSibling("parley-server.aot");
    Files.writeString(cache, "no cache at all");
    Files.setLastModifiedTime(cache, FileTime.from(changed));
    return version(System.getenv("PATH"), Map.of("JAVA_OPTS", javaOptions));
  }

  @Test
  void aCacheThatDoesNotFitIsPassedOverWithoutAWord() throws IOException {
    try (var program = versionWithBadCache(Instant.now().plusSeconds(60), "")) {
      assertEquals(0, program.awaitExit(SOON), program::toString);
      assertEquals(1, program.lines().size(), program::toString);
    }
    try (var program = versionWithBadCache(Instant.now().plusSeconds(60), "-XX:AOTMode=on")) {
      assertEquals(1, program.awaitExit(SOON), "it was tried");
    }
  }

  @Test
  void aCacheOfAnOlderJarIsNotTried() throws IOException {
    try (var program = versionWithBadCache(Instant.EPOCH, "-XX:AOTMode=on")) {
      assertEquals(0, program.awaitExit(SOON), program::toString);
    }
  }

  @Test
  void theCacheThatTheBuildHasMadeIsUsed() {
    try (var program = Program.start("launcher", folder,
        Map.of("JAVA_OPTS", "-XX:AOTMode=on -Xlog:class+load"),
        List.of(Repository.launcher().toString(), "version"))) {
      assertEquals(0, program.awaitExit(SOON), program::toString);
      assertTrue(program.lines().stream().anyMatch(line -> line.contains("io.parley.Parley ")
          && line.contains("shared objects file")), program::toString);
    }
  }

  @Test
  void aBuildThatFailsIsShown() throws IOException {
    script("bin/mvn", "echo '[ERROR] it does not compile'; exit 1");
    try (var program = version()) {
      assertEquals(1, program.awaitExit(SOON), program::toString);
      assertEquals(List.of("[ERROR] it does not compile",
          "parley: the build failed, see above"), program.lines().subList(1, 3));
    }
  }

  @Test
  void withoutMavenItSaysWhatIsNeeded() throws IOException {
    var tools = toolsWithout("mvn");
    try (var program = version(tools.toString(), Map.of("JAVA_HOME", javaHome()))) {
      assertEquals(1, program.awaitExit(SOON), program::toString);
      assertTrue(program.lines().getFirst().contains("no Maven (mvn)"), program::toString);
      assertEquals(1, program.lines().size(), program::toString);
    }
  }

  @Test
  void aChosenJavaThatIsNoneOrTooOldIsAnError() throws IOException {
    var old = Files.createDirectories(folder.resolve("jdk-21"));
    script("jdk-21/bin/java", "exit 9");
    Files.writeString(old.resolve("release"), "JAVA_VERSION=\"21.0.2\"\n");
    var path = folder.resolve("bin") + ":" + System.getenv("PATH");
    try (var none = version(path, Map.of("PARLEY_JAVA_HOME", "/nowhere"))) {
      assertEquals(1, none.awaitExit(SOON), none::toString);
      assertEquals(List.of("parley: PARLEY_JAVA_HOME: /nowhere (expected: the home of a Java 25"
          + " or later)"), none.lines());
    }
    try (var tooOld = version(path, Map.of("PARLEY_JAVA_HOME", old.toString()))) {
      assertEquals(1, tooOld.awaitExit(SOON), tooOld::toString);
      assertEquals(List.of("parley: PARLEY_JAVA_HOME: " + old + " is Java 21 (expected: 25 or"
          + " later)"), tooOld.lines());
    }
  }

  /// A folder with the programs that the launcher calls, but for some.
  private Path toolsWithout(String... missing) throws IOException {
    var tools = Files.createDirectories(folder.resolve("tools"));
    for (var tool : List.of("sh", "dirname", "basename", "readlink", "sed", "find", "head")) {
      Files.createSymbolicLink(tools.resolve(tool), where(tool));
    }
    for (var tool : List.of("mvn", "node", "npm")) {
      if (!List.of(missing).contains(tool)) {
        Files.createSymbolicLink(tools.resolve(tool), folder.resolve("bin").resolve(tool));
      }
    }
    return tools;
  }

  private static String javaHome() {
    return System.getProperty("java.home");
  }

  private static Path where(String tool) {
    for (var folder : System.getenv("PATH").split(":", -1)) {
      var file = Path.of(folder, tool);
      if (Files.isExecutable(file)) {
        return file;
      }
    }
    throw new IllegalStateException(tool + ": not on the PATH");
  }
}
