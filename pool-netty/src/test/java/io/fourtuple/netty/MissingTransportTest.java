package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fourtuple.host.TransportAbilities;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What is said where a transport is not there. */
class MissingTransportTest {
  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NIO")
  void aMissingJarIsNamed(Transport transport) {
    Throwable refusal = catchThrowable(() -> built(transport.name()));

    assertThat(refusal.getCause())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "transport must be available, was %s, which is not; add"
                + " io.netty:netty-transport-native-%s, classifier ",
            transport, transport.name().toLowerCase(Locale.ROOT))
        .hasMessageContaining("NoClassDefFoundError");
  }

  @Test
  void withoutOptionalJarsItIsJavasOwnSockets() throws Exception {
    assertThat(built(null)).hasToString("NIO");
  }

  /** The transport of a connector that is made without the jars. */
  private static Object built(String transport) throws ReflectiveOperationException {
    ClassLoader loader = new WithoutJars("io\\.netty\\.channel\\.(epoll|uring|kqueue)\\..*");
    Class<?> connector = loader.loadClass(NettyConnector.class.getName());
    Object builder = connector.getMethod("builder").invoke(null);
    if (transport != null) {
      Class<?> names = loader.loadClass(Transport.class.getName());
      builder
          .getClass()
          .getMethod("transport", names)
          .invoke(builder, names.getField(transport).get(null));
    }
    Object made = builder.getClass().getMethod("build").invoke(builder);
    return connector.getMethod("transport").invoke(made);
  }

  @Test
  void aTransportOfAnotherSystemSaysWhatItNeeds() {
    assumeTrue(ChannelTransport.missing(Transport.KQUEUE) != null, "this host has kqueue");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> NettyConnector.builder().transport(Transport.KQUEUE).build())
        .withMessageStartingWith(
            "transport must be available, was KQUEUE, which is not; add"
                + " io.netty:netty-transport-native-kqueue, classifier osx-aarch_64 or osx-x86_64,"
                + " in the version of the other Netty jars: ");
  }

  @Test
  void kqueueIsNotAskedForLinuxsOptions() {
    Throwable missing = ChannelTransport.missing(Transport.KQUEUE);
    assumeTrue(missing == null, () -> "KQUEUE is not available: " + missing);

    assertThat(ChannelTransport.of(Transport.KQUEUE).probe()).isEqualTo(TransportAbilities.NONE);
  }
}
