package io.fourtuple.examples.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.netty.Sysctl;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortLedger;
import io.fourtuple.socket.BudgetedSocketFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs in a private network, where PostgreSQL listens: see {@link BlockingClientsIT}. */
class PostgresScenarios {
  private static final int PORT = 5_432;
  private static final String READY = "database system is ready to accept connections";
  private static final String SOURCE = "127.0.0.2";

  @TempDir static Path directory;
  private static Process postgres;

  @BeforeAll
  static void start() throws Exception {
    Path data = directory.resolve("data");
    Process initdb =
        asNobodySpecial("initdb", "-D", data.toString(), "-U", "fourtuple", "-A", "trust", "-N");
    assertThat(initdb.waitFor()).as(() -> log("initdb")).isZero();
    Files.writeString(
        data.resolve("pg_hba.conf"), "host all all 127.0.0.0/8 trust\n"); // of all sources
    postgres =
        asNobodySpecial(
            "postgres",
            "-D",
            data.toString(),
            "-p",
            Integer.toString(PORT),
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=",
            "-c",
            "max_connections=" + 4 * OneSource.PORTS,
            "-c",
            "fsync=off",
            "-c",
            "lc_messages=C");
    Await.until("PostgreSQL serves", () -> log("postgres").contains(READY), () -> log("postgres"));
  }

  /** They refuse root, which whoever is in a namespace of his own may be. */
  private static Process asNobodySpecial(String name, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("unshare", "--user", "--map-user=1000", "--map-group=1000"));
    command.add(Programs.path(name).toString());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve(name + ".log").toFile())
        .start();
  }

  private static String log(String name) {
    try {
      return Files.readString(directory.resolve(name + ".log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  @AfterAll
  static void stop() throws InterruptedException {
    postgres.destroy();
    postgres.waitFor();
  }

  private static void query(Properties properties) throws Exception {
    String url = "jdbc:postgresql://127.0.0.1:" + PORT + "/postgres";
    try (Connection connection = DriverManager.getConnection(url, properties);
        Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery("select 6 * 7")) {
      assertThat(found.next()).isTrue();
      assertThat(found.getInt(1)).isEqualTo(42);
    }
  }

  private static Properties properties() {
    Properties properties = new Properties();
    properties.setProperty("user", "fourtuple");
    properties.setProperty("connectTimeout", "50");
    return properties;
  }

  /** A class of one's own, for the driver makes the factory. */
  public static final class SixtyFourPorts extends BudgetedSocketFactory {
    static final class Shared {
      static final OneSource SOURCE = make();

      private static OneSource make() {
        try {
          return OneSource.owned();
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
      }
    }

    public SixtyFourPorts() {
      super(Shared.SOURCE.sockets);
    }
  }

  @Test
  void aFactoryOfOnesOwn() throws Exception {
    Properties properties = properties();
    properties.setProperty("socketFactory", SixtyFourPorts.class.getName());
    SixtyFourPorts.Shared.SOURCE.serves(() -> query(properties));
  }

  @Test
  void theFactoryByItsName() throws Exception {
    Sysctl.TIME_WAIT_REUSE.write("0");
    Properties properties = BlockingRecipes.pgjdbc(properties(), SOURCE);
    for (int i = 0; i < OneSource.PORTS; i++) {
      query(properties);
    }
    PortLedger ledger = new BudgetedSocketFactory(SOURCE).ports().ledger();
    assertThat(ledger.census().stream().map(PortCensus::route))
        .anyMatch(route -> route.source().address().getHostAddress().equals(SOURCE));
    assertThat(ledger.stats().established()).isGreaterThanOrEqualTo(OneSource.PORTS);
  }
}
