package io.fourtuple.testkit.architecture;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import java.time.Clock;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Rules of the design that hold in every module. A rule on a method holds for its overloads. */
public final class HouseRules {
  /** For main and test classes: wait for an event or move virtual time instead. */
  public static final ArchRule NOBODY_SLEEPS =
      noClasses()
          .should()
          .accessTargetWhere(method(Thread.class, "sleep"))
          .orShould()
          .accessTargetWhere(method(TimeUnit.class, "sleep"))
          .because("time is a parameter, and sleeping makes tests slow and unsteady");

  /** For main and test classes: that clock jumps. */
  public static final ArchRule NOBODY_READS_THE_WALL_CLOCK =
      noClasses()
          .should()
          .accessTargetWhere(method(System.class, "currentTimeMillis"))
          .because("the wall clock jumps; durations come from a Ticker");

  /** For the library: the clocks that are left, other than through a {@code Ticker}. */
  public static final ArchRule ONLY_THE_SYSTEM_TICKER_READS_A_CLOCK =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("io.fourtuple.time.SystemTicker")
          .should()
          .accessTargetWhere(method(System.class, "nanoTime"))
          .orShould()
          .accessTargetWhere(method(Instant.class, "now"))
          .orShould()
          .accessTargetWhere(method(Clock.class, "systemUTC", "systemDefaultZone", "system"))
          .because("time comes from a Ticker, so that tests can own it");

  /** For the library: what it does is set by its builders. What system this is has to be asked. */
  public static final ArchRule NOBODY_READS_PROPERTIES_OR_ENVIRONMENT =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("io.fourtuple.host.HostNetwork")
          .and()
          .doNotHaveFullyQualifiedName("io.fourtuple.command.PortsCommand") // NO_COLOR
          .should()
          .accessTargetWhere(method(System.class, "getProperty", "getProperties", "getenv"))
          .orShould()
          .accessTargetWhere(method(Boolean.class, "getBoolean"))
          .orShould()
          .accessTargetWhere(method(Integer.class, "getInteger"))
          .orShould()
          .accessTargetWhere(method(Long.class, "getLong"))
          .because("configuration is a record made by a builder");

  /** For the library: a virtual thread that waits in a monitor keeps its carrier. */
  public static final ArchRule NOBODY_WAITS_IN_A_MONITOR =
      noClasses()
          .should()
          .accessTargetWhere(method(Object.class, "wait"))
          .because("no monitor is held while waiting");

  /** For the library. */
  public static final ArchRule STATICS_ARE_FINAL =
      fields()
          .that()
          .areStatic()
          .should()
          .beFinal()
          .allowEmptyShould(true)
          .because("the ledger of the host is the only thing that a JVM shares");

  /** For the library. */
  public static final ArchRule NAMES_SAY_WHAT_A_TYPE_IS =
      CompositeArchRule.of(
              noClasses().should().haveSimpleNameEndingWith("Impl").allowEmptyShould(true))
          .and(noClasses().should().resideInAPackage("..internal.."));

  private HouseRules() {}

  private static DescribedPredicate<JavaAccess<?>> method(Class<?> owner, String... names) {
    Set<String> wanted = Set.of(names);
    return target(
        DescribedPredicate.<AccessTarget>describe(
            "the target is " + owner.getSimpleName() + "." + String.join("/", names),
            access ->
                access.getOwner().isEquivalentTo(owner) && wanted.contains(access.getName())));
  }
}
