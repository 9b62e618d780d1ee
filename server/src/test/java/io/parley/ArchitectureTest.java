package io.parley;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Map;

/// Who may import whom. The floors are those of docs/architecture.md: a message goes down them, and
/// what runs upwards does so through an interface that the lower side owns.
@AnalyzeClasses(packages = "io.parley", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final String ROOT = "io.parley";

  /// By the first part of a package's name below the root; the root itself has none.
  private static final Map<String, Integer> FLOORS = Map.ofEntries(
      Map.entry("", 9),
      Map.entry("transport", 8),
      Map.entry("frame", 7),
      Map.entry("wire", 6), Map.entry("arrival", 6), Map.entry("outbox", 6),
      Map.entry("page", 6),
      Map.entry("session", 5), Map.entry("api", 5),
      Map.entry("hub", 4), Map.entry("ops", 4),
      Map.entry("history", 3),
      Map.entry("payload", 2), Map.entry("broker", 2), Map.entry("presence", 2),
      Map.entry("cluster", 2),
      Map.entry("encoding", 1), Map.entry("redis", 1), Map.entry("rules", 1),
      Map.entry("auth", 1),
      Map.entry("tls", 1),
      Map.entry("channel", 0), Map.entry("deflate", 0), Map.entry("utf8", 0),
      Map.entry("config", 0),
      Map.entry("loop", 0),
      Map.entry("log", 0), Map.entry("metric", 0));

  @ArchTest
  static final ArchRule importsGoDown = classes().should(importOnlyFromBelow());

  @ArchTest
  static final ArchRule noCycles = slices().matching("io.parley.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule nettyStaysWithTheOwnersOfLoops = noClasses()
      .that()
      .resideOutsideOfPackages("io.parley.transport..", "io.parley.frame..", "io.parley.arrival..",
          "io.parley.outbox..", "io.parley.loop..", "io.parley.redis..")
      .should().dependOnClassesThat().resideInAPackage("io.netty..");

  @ArchTest
  static final ArchRule buffersAndHandlersStayWithSockets = noClasses()
      .that()
      .resideOutsideOfPackages("io.parley.transport..", "io.parley.frame..", "io.parley.arrival..",
          "io.parley.outbox..")
      .should().dependOnClassesThat().resideInAnyPackage("io.netty.buffer..",
          "io.netty.handler..");

  @ArchTest
  static final ArchRule lettuceStaysWithRedis = noClasses()
      .that().resideOutsideOfPackage("..redis..")
      .should().dependOnClassesThat().resideInAPackage("io.lettuce..");

  @ArchTest
  static final ArchRule jsonIsReadAtTheEdges = noClasses()
      .that().resideOutsideOfPackages("io.parley.wire..", "io.parley.api..", "io.parley.auth..",
          "io.parley.config..", "io.parley.broker.redis..", "io.parley.log..",
          "io.parley.payload..")
      .should().dependOnClassesThat().resideInAPackage("com.fasterxml.jackson..");

  @ArchTest
  static final ArchRule protobufIsOneDialects = noClasses()
      .that().resideOutsideOfPackage("io.parley.wire.centrifuge.protobuf")
      .should().dependOnClassesThat().resideInAPackage("com.google.protobuf..");

  @ArchTest
  static final ArchRule yamlIsForSettings = noClasses()
      .that().resideOutsideOfPackage("io.parley.config..")
      .should().dependOnClassesThat().resideInAPackage("org.snakeyaml..");

  @ArchTest
  static final ArchRule jettyServesTheInternalPort = noClasses()
      .that().resideOutsideOfPackages("io.parley.ops..", "io.parley.api..")
      .should().dependOnClassesThat().resideInAPackage("org.eclipse.jetty..");

  /// Names that say nothing: an interface with one implementation, or a drawer for leftovers.
  @ArchTest
  static final ArchRule namesSaySomething = noClasses()
      .should().haveSimpleNameEndingWith("Impl")
      .orShould().haveSimpleNameEndingWith("Utils")
      .orShould().haveSimpleNameEndingWith("Util")
      .orShould().haveSimpleNameEndingWith("Helper")
      .orShould().haveSimpleNameEndingWith("Manager");

  @ArchTest
  static final ArchRule onlyTheProgramPrints = noClasses()
      .that().doNotHaveFullyQualifiedName("io.parley.Parley")
      .should(ACCESS_STANDARD_STREAMS);

  private static ArchCondition<JavaClass> importOnlyFromBelow() {
    return new ArchCondition<>("import only from floors below or from their own family") {
      @Override
      public void check(JavaClass origin, ConditionEvents events) {
        for (var dependency : origin.getDirectDependenciesFromSelf()) {
          var target = dependency.getTargetClass().getBaseComponentType().getPackageName();
          if (isOurs(target) && !mayImport(origin.getPackageName(), target)) {
            events.add(SimpleConditionEvent.violated(origin, dependency.getDescription()));
          }
        }
      }
    };
  }

  private static boolean isOurs(String name) {
    return name.equals(ROOT) || name.startsWith(ROOT + ".");
  }

  /// A sub-package may use the package above it (`broker.redis` the broker), never the other way
  /// round, and never one beside it (`wire.plain` no other wire).
  private static boolean mayImport(String origin, String target) {
    boolean isFamily = family(origin).equals(family(target));
    return isFamily
        ? origin.equals(target) || origin.startsWith(target + ".")
        : floor(target) < floor(origin);
  }

  private static String family(String name) {
    return name.equals(ROOT) ? "" : name.substring(ROOT.length() + 1).split("\\.", 2)[0];
  }

  private static int floor(String name) {
    var floor = FLOORS.get(family(name));
    if (floor == null) {
      throw new AssertionError(name + ": on no floor (expected: one of " + FLOORS.keySet() + ")");
    }
    return floor;
  }
}
