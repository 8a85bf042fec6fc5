package io.fourtuple.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.fourtuple.testkit.architecture.ModuleUnderTest;
import org.junit.jupiter.api.Test;

class LayersTest {
  private static final JavaClasses MAIN = ModuleUnderTest.mainClasses();

  @Test
  void dependenciesBetweenLayersPointInOneDirection() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("time")
        .definedBy("io.fourtuple.time..")
        .layer("port")
        .definedBy("io.fourtuple.port..")
        .layer("host")
        .definedBy("io.fourtuple.host..")
        .layer("pool")
        .definedBy("io.fourtuple.pool..")
        .optionalLayer("socket")
        .definedBy("io.fourtuple.socket..")
        .layer("command")
        .definedBy("io.fourtuple.command..")
        .layer("metrics")
        .definedBy("io.fourtuple.metrics..")
        .whereLayer("time")
        .mayNotAccessAnyLayer()
        .whereLayer("port")
        .mayOnlyAccessLayers("time")
        .whereLayer("host")
        .mayOnlyAccessLayers("port", "time")
        .whereLayer("pool")
        .mayOnlyAccessLayers("host", "port", "time")
        .whereLayer("socket")
        .mayOnlyAccessLayers("host", "port", "time")
        .whereLayer("command")
        .mayOnlyAccessLayers("host", "port")
        .whereLayer("metrics")
        .mayOnlyAccessLayers("pool", "port", "time")
        .check(MAIN);
  }

  @Test
  void everyClassBelongsToALayer() {
    noClasses()
        .should()
        .resideOutsideOfPackages(
            "io.fourtuple.time..",
            "io.fourtuple.port..",
            "io.fourtuple.host..",
            "io.fourtuple.pool..",
            "io.fourtuple.socket..",
            "io.fourtuple.metrics..",
            "io.fourtuple.command..")
        .check(MAIN);
  }

  @Test
  void portKnowsNothingOfSockets() {
    noClasses()
        .that()
        .resideInAPackage("io.fourtuple.port..")
        .should()
        .dependOnClassesThat()
        .haveNameMatching("java\\.net\\.(Server|Datagram|Multicast)?Socket.*")
        .orShould()
        .dependOnClassesThat()
        .resideInAPackage("java.nio.channels..")
        .check(MAIN);
  }
}
