package io.turnwise.app.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.turnwise.app.Turnwise;
import io.turnwise.topology.TurnwiseSettings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Secrets come from files and the environment, and go nowhere but to whom they are for. */
@TestInstance(Lifecycle.PER_CLASS)
class SecretsTest {
  private static final String BROKER_SECRET = "Br0ker-Gehe1mnis";
  private static final String REGISTRY_SECRET = "Reg1stry-Gehe1mnis";
  private static final String STORE_SECRET = "St0re-Gehe1mnis";

  private static final String LEVEL_OF = "-Dorg.slf4j.simpleLogger.log.";

  private Path folder;
  private Certificates certificates;
  private SecureBroker broker;

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    folder = temporary;
    certificates = Certificates.in(folder.resolve("certificates"));
    Path certificate = certificates.issue("broker", "CN=broker", "ip:127.0.0.1");
    broker =
        SecureBroker.sasl(
            folder.resolve("broker"), certificates, certificate, "another password", Map.of());
  }

  @AfterAll
  void stop() {
    broker.close();
  }

  @Test
  void shouldShowNoSecretWhenALoginFailsThoughEverythingIsLogged() throws Exception {
    assumeTrue(Files.isDirectory(Path.of("/proc/self")), "skipped: no /proc on this system");

    // Given secrets in a file, in the environment and in the settings themselves
    Path own = Files.createDirectories(folder.resolve("run"));
    Path secrets =
        Files.writeString(own.resolve("secrets.properties"), "broker=" + BROKER_SECRET + "\n");
    Files.setPosixFilePermissions(secrets, PosixFilePermissions.fromString("rw-r--r--"));
    certificates.issue("client", "CN=client");
    Path settings =
        Files.writeString(
            own.resolve("turnwise.properties"),
            String.join(
                "\n",
                "bootstrap.servers=" + broker.bootstrapServers(),
                "security.protocol=SASL_SSL",
                "sasl.mechanism=PLAIN",
                "sasl.jaas.config="
                    + SecureBroker.jaas(
                        SecureBroker.PLAIN,
                        SecureBroker.PLAIN_USER,
                        "${file:" + secrets + ":broker}"),
                "ssl.truststore.type=PEM",
                "ssl.truststore.location=" + certificates.authority(),
                "ssl.keystore.type=PKCS12",
                "ssl.keystore.location=" + certificates.protectedStore("client", STORE_SECRET),
                "ssl.keystore.password=" + STORE_SECRET,
                "schema.registry.url=https://127.0.0.1:1",
                "basic.auth.credentials.source=USER_INFO",
                "basic.auth.user.info=me:${env:REGISTRY_PASSWORD}",
                "state.dir=" + own.resolve("state"),
                ""));

    // When
    String commandLine;
    int exitCode;
    String output;
    try (TurnwiseProcess run =
        TurnwiseProcess.start(
            own,
            List.of(),
            everythingIsLogged(),
            Map.of("REGISTRY_PASSWORD", REGISTRY_SECRET, "TURNWISE_DEBUG", "1"),
            "run",
            "--config",
            settings.toString())) {
      commandLine = run.commandLine();
      exitCode = run.exitCode();
      output = run.output();
    }

    // Then
    assertEquals(1, exitCode, output);
    assertTrue(output.contains(" DEBUG "), "nothing was logged: " + output);
    assertTrue(output.contains("basic.auth.user.info"), "the settings were not logged");
    assertTrue(output.contains("refuses the login with PLAIN"), output);
    assertTrue(output.contains("everybody on this machine may read it"), output);
    assertTrue(commandLine.contains("run"), commandLine);
    assertNoSecret(commandLine);
    assertNoSecret(output);
  }

  @Test
  void shouldShowNoSecretWhenTheRegistryRefusesTheLogin() throws Exception {
    // Given
    Path own = Files.createDirectories(folder.resolve("send"));
    try (RegistryGate registry =
        RegistryGate.basic(
            "http://127.0.0.1:1/", certificates.serverContext("broker"), "me", "another")) {
      Path settings =
          Files.writeString(
              own.resolve("turnwise.properties"),
              String.join(
                  "\n",
                  "bootstrap.servers=" + broker.bootstrapServers(),
                  "schema.registry.url=" + registry.url(),
                  "schema.registry.ssl.truststore.type=PEM",
                  "schema.registry.ssl.truststore.location=" + certificates.authority(),
                  "basic.auth.credentials.source=USER_INFO",
                  "basic.auth.user.info=me:${env:REGISTRY_PASSWORD}",
                  ""));

      // When
      int exitCode;
      String output;
      try (TurnwiseProcess send =
          TurnwiseProcess.start(
              own,
              List.of(),
              everythingIsLogged(),
              Map.of("REGISTRY_PASSWORD", REGISTRY_SECRET, "TURNWISE_DEBUG", "1"),
              "send",
              sample().toString(),
              "--call",
              "call-1",
              "--config",
              settings.toString())) {
        exitCode = send.exitCode();
        output = send.output();
      }

      // Then
      assertEquals(1, exitCode, output);
      assertTrue(output.contains(" DEBUG "), "nothing was logged: " + output);
      assertTrue(output.contains("basic.auth.user.info"), output);
      assertNoSecret(output);
    }
  }

  @Test
  void shouldWriteNoRecordToTheLogThoughEverythingIsLogged() throws Exception {
    // Given
    Path own = Files.createDirectories(folder.resolve("demo"));
    List<String> levels = new ArrayList<>(everythingIsLogged());
    levels.add(LEVEL_OF + "org.apache.kafka.streams.processor.internals.StreamTask=trace");
    // The broker within the process: wordy, and it knows bytes alone.
    for (String logger : List.of("kafka", "org.apache.kafka.server", "org.apache.kafka.storage")) {
      levels.add(LEVEL_OF + logger + "=off");
    }

    // When
    int exitCode;
    String output;
    try (TurnwiseProcess demo =
        TurnwiseProcess.start(own, List.of(), levels, Map.of(), "demo", "--speed", "max")) {
      exitCode = demo.exitCode();
      output = demo.output();
    }

    // Then
    assertEquals(0, exitCode);
    assertTrue(output.contains(" TRACE org.apache.kafka.clients.consumer"), "no trace");
    assertTrue(output.contains(" DEBUG org.apache.kafka.streams"), "no streams");
    Pattern content = Pattern.compile("\"(callId|call|payload|vector|speaker|speakerId)\": ");
    assertEquals(
        List.of(),
        output
            .lines()
            .filter(line -> content.matcher(line).find() || line.contains("key=sample-call"))
            .map(line -> line.substring(0, Math.min(300, line.length())))
            .limit(3)
            .toList());
  }

  @Test
  void shouldHaveNoOptionThatTakesASecret() {
    Pattern secret =
        Pattern.compile("(?i).*(password|secret|token|credential|jaas|user-?info|key).*");

    List<String> options =
        commands(Turnwise.commandLine())
            .flatMap(command -> command.getCommandSpec().options().stream())
            .map(OptionSpec::longestName)
            .toList();

    assertTrue(options.contains("--config"), options::toString);
    assertEquals(
        List.of(), options.stream().filter(name -> secret.matcher(name).matches()).toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://me:" + REGISTRY_SECRET + "@127.0.0.1:1",
        "https://me:#" + REGISTRY_SECRET + "@127.0.0.1:1",
        "https://me:/" + REGISTRY_SECRET + "@127.0.0.1:1",
        "https://127.0.0.1:1,https://me:?" + REGISTRY_SECRET + "@127.0.0.1:1",
        "me:" + REGISTRY_SECRET + "@127.0.0.1:1",
      })
  void shouldRefuseAPasswordInTheRegistrysAddress(String address) {
    String said =
        refusal(
            "send",
            sample().toString(),
            "--call",
            "call-1",
            "--bootstrap-server",
            "127.0.0.1:1",
            "--registry",
            address);

    assertTrue(said.contains("basic.auth.user.info"), said);
    assertNoSecret(said);
  }

  @Test
  void shouldNotPutAPasswordInTheRegistrysAddressIntoTheReportOfTheCheck() throws Exception {
    // Given
    Path settings =
        Files.writeString(
            Files.createDirectories(folder.resolve("check")).resolve("turnwise.properties"),
            "bootstrap.servers=127.0.0.1:1\n"
                + "schema.registry.url=http://me:"
                + REGISTRY_SECRET
                + "@127.0.0.1:1\n");

    // When
    String said = refusal("check", "--config", settings.toString());

    // Then
    assertTrue(said.contains("basic.auth.user.info"), said);
    assertNoSecret(said);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "topics create --dry-run",
        "reset --dry-run",
        "watch",
        "send SAMPLE --call call-1",
      })
  void shouldNameTheLoginsSettingAndQuoteNothingWhenItCannotBeRead(String command)
      throws Exception {
    // Given a password without its name, so that Kafka takes it for a name itself
    Path settings =
        Files.writeString(
            Files.createDirectories(folder.resolve("login")).resolve("turnwise.properties"),
            String.join(
                "\n",
                "bootstrap.servers=127.0.0.1:1",
                "schema.registry.url=http://127.0.0.1:1",
                "security.protocol=SASL_SSL",
                "sasl.mechanism=PLAIN",
                "sasl.jaas.config=" + SecureBroker.PLAIN + " required " + BROKER_SECRET + ";",
                ""));
    StringWriter debug = new StringWriter();
    CommandLine turnwise = Turnwise.commandLine().setErr(new PrintWriter(debug));
    turnwise.setExecutionExceptionHandler(
        (failure, failed, parsed) -> {
          failure.printStackTrace(failed.getErr());
          return 1;
        });

    // When
    int exitCode =
        turnwise.execute(
            (command.replace("SAMPLE", sample().toString()) + " --config " + settings).split(" "));

    // Then not even where the whole stack is asked for
    assertEquals(1, exitCode);
    assertTrue(debug.toString().contains("The setting sasl.jaas.config"), debug::toString);
    assertNoSecret(debug.toString());
  }

  /** All that a command says which ends with 1. */
  private static String refusal(String... arguments) {
    StringWriter said = new StringWriter();
    CommandLine turnwise =
        Turnwise.commandLine().setOut(new PrintWriter(said)).setErr(new PrintWriter(said));
    assertEquals(1, turnwise.execute(arguments), said::toString);
    return said.toString();
  }

  @Test
  void shouldNotShowSecretsAsText() {
    Map<String, String> given =
        Map.of(
            "turnwise.hop.ms",
            "500",
            "ssl.keystore.password",
            STORE_SECRET,
            "sasl.jaas.config",
            SecureBroker.jaas(SecureBroker.PLAIN, "me", BROKER_SECRET));

    assertNoSecret(TurnwiseSettings.of(given).toString());
  }

  private static void assertNoSecret(String text) {
    for (String secret : List.of(BROKER_SECRET, REGISTRY_SECRET, STORE_SECRET)) {
      for (String form :
          List.of(
              secret,
              base64(secret),
              base64("me:" + secret),
              base64("\0" + SecureBroker.PLAIN_USER + "\0" + secret))) {
        int at = text.indexOf(form);
        assertFalse(at >= 0, () -> "a secret is in: " + text.substring(Math.max(0, at - 300), at));
      }
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** With the loggers that {@code run} quietens by itself. */
  private static List<String> everythingIsLogged() {
    List<String> options = new ArrayList<>();
    options.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=trace");
    for (String logger :
        List.of(
            "io.confluent",
            "io.turnwise",
            "io.turnwise.app",
            "org.apache.kafka.clients.admin",
            "org.apache.kafka.clients.consumer.ConsumerConfig",
            "org.apache.kafka.clients.producer.ProducerConfig",
            "org.apache.kafka.common.config.AbstractConfig",
            "org.apache.kafka.common.metrics",
            "org.apache.kafka.common.utils.AppInfoParser",
            "org.apache.kafka.streams.StreamsConfig")) {
      options.add(LEVEL_OF + logger + "=trace");
    }
    options.add("-XX:TieredStopAtLevel=1");
    return options;
  }

  private static Stream<CommandLine> commands(CommandLine command) {
    return Stream.concat(
        Stream.of(command),
        command.getSubcommands().values().stream().flatMap(SecretsTest::commands));
  }

  private static Path sample() {
    return Path.of(System.getProperty("turnwise.root", "..")).resolve("samples/sample-call.wav");
  }
}
