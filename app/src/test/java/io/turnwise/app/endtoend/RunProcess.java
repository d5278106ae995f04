package io.turnwise.app.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.turnwise.app.Turnwise;
import io.turnwise.testing.Shared;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;

/** {@code turnwise run} as a process of its own, as it is started in production. */
final class RunProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(180);

  private final Process process;
  private final Path log;
  private final int port;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  private RunProcess(Process process, Path log, int port) {
    this.process = process;
    this.log = log;
    this.port = port;
  }

  /**
   * @param settings the properties file; a port for health and metrics is added
   * @param folder where the file, the log and the state go
   */
  static RunProcess start(Map<String, String> settings, Path folder) throws IOException {
    Files.createDirectories(folder);
    int port = freePort();
    Properties properties = new Properties();
    properties.putAll(settings);
    properties.setProperty("turnwise.management.port", Integer.toString(port));
    properties.setProperty("state.dir", folder.resolve("state").toString());
    Path config = folder.resolve("turnwise.properties");
    StringWriter text = new StringWriter();
    properties.store(text, null);
    Files.writeString(config, text.toString());
    Path log = folder.resolve("log.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-Dturnwise.home=" + Shared.projectRoot(),
                "-jar",
                launcher(folder).toString(),
                "run",
                "--config",
                config.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    return new RunProcess(process, log, port);
  }

  /** A jar that names the tests' class path: too long a one on the command line harms the JVM. */
  private static Path launcher(Path folder) throws IOException {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Turnwise.class.getName());
    manifest
        .getMainAttributes()
        .put(
            Attributes.Name.CLASS_PATH,
            List.of(classPath.split(File.pathSeparator)).stream()
                .map(entry -> Path.of(entry).toUri().toString())
                .collect(Collectors.joining(" ")));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new JarOutputStream(bytes, manifest).close();
    return Files.write(folder.resolve("launcher.jar"), bytes.toByteArray());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** What is answered; empty while nobody listens. */
  Optional<HttpResponse<String>> get(String path) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(20))
            .build();
    try {
      return Optional.of(client.send(request, BodyHandlers.ofString()));
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  int status(String path) {
    return get(path).map(HttpResponse::statusCode).orElse(0);
  }

  /** The health it tells; empty while nobody listens. */
  Optional<JsonNode> health() {
    return get("/health")
        .map(
            answer -> {
              try {
                return new ObjectMapper().readTree(answer.body());
              } catch (IOException e) {
                throw new AssertionError(answer.body(), e);
              }
            });
  }

  /** Waits until the health it tells is as it should be. */
  JsonNode awaitHealth(String what, Predicate<JsonNode> condition) throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Optional<JsonNode> health = Optional.empty();
    while (System.nanoTime() < deadline && process.isAlive()) {
      health = health();
      if (health.filter(condition).isPresent()) {
        return health.get();
      }
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
    throw new AssertionError("not " + what + ", health: " + health + "\n" + log());
  }

  void awaitReady() throws IOException {
    awaitHealth("ready", health -> health.get("ready").booleanValue());
  }

  /** SIGTERM. */
  void terminate() {
    process.destroy();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /**
   * Waits for its end.
   *
   * @return the exit code; empty where it did not end
   */
  Optional<Integer> exitCode(Duration patience) throws InterruptedException {
    return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)
        ? Optional.of(process.exitValue())
        : Optional.empty();
  }

  String log() throws IOException {
    return Files.readString(log);
  }

  /** The log, for the message of a failed assertion. */
  String logOrFail() {
    try {
      return log();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
