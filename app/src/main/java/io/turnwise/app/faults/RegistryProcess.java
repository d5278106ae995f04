package io.turnwise.app.faults;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.Installation;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A schema registry server, Apicurio, as a process of its own. What is registered is kept in a file
 * and there again after a kill -9, with the same ids. Not thread-safe.
 */
final class RegistryProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final Duration ASK_AGAIN = Duration.ofMillis(100);
  private static final int HEAP_MEGABYTES = 192;

  private final Children children;
  private final Path jar;
  private final String address;
  private final int port;
  private final Path data;
  private final Path log;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private Child process;

  private RegistryProcess(
      Children children, Path jar, String address, int port, Path data, Path log) {
    this.children = children;
    this.jar = jar;
    this.address = address;
    this.port = port;
    this.data = data;
    this.log = log;
  }

  /**
   * Where the server's jar is.
   *
   * @param home the folder where the distribution is unpacked; empty for where the build puts it
   * @throws CommandFailed saying how to get it
   */
  static Path find(Optional<Path> home) {
    Path folder = home.orElseGet(RegistryProcess::ofTheBuild);
    try (Stream<Path> files = Files.isDirectory(folder) ? Files.list(folder) : Stream.empty()) {
      return files
          .filter(file -> file.getFileName().toString().endsWith("-runner.jar"))
          .findFirst()
          .orElseThrow(
              () ->
                  new CommandFailed(
                      "There is no schema registry server, no *-runner.jar, in "
                          + folder
                          + "; run `mvn -q -Dquick generate-test-resources -pl serdes -am` in the"
                          + " project's folder, or unpack io.apicurio:apicurio-registry-app"
                          + " (2.6, tar.gz, classifier all) and name its folder with"
                          + " --registry-home."));
    } catch (IOException e) {
      throw new CommandFailed("Cannot list " + folder + ": " + e.getMessage(), e);
    }
  }

  /** Where the build unpacks the distribution. */
  static Path ofTheBuild() {
    return Installation.home().toAbsolutePath().normalize().resolve("serdes/target/apicurio");
  }

  /** Starts it, and waits until it answers. */
  static RegistryProcess start(Children children, Path jar, Hosts hosts, Path data, Path log) {
    RegistryProcess registry =
        new RegistryProcess(children, jar, hosts.address(), hosts.freePort(), data, log);
    registry.restart();
    registry.awaitAnswer();
    registry.require(
        HttpRequest.newBuilder(URI.create(registry.url() + "/config"))
            .header("Content-Type", "application/vnd.schemaregistry.v1+json")
            .PUT(HttpRequest.BodyPublishers.ofString("{\"compatibility\":\"BACKWARD\"}"))
            .build());
    return registry;
  }

  /** What {@code schema.registry.url} must be. */
  String url() {
    return "http://" + address + ":" + port + "/apis/ccompat/v7";
  }

  /** kill -9. */
  void kill() {
    process.kill();
  }

  /** Starts it again, and does not wait. */
  void restart() {
    process =
        children.start(
            "registry",
            JavaProgram.jar(
                jar,
                HEAP_MEGABYTES,
                List.of(
                    "-Dquarkus.http.host=" + address,
                    "-Dquarkus.http.port=" + port,
                    "-DREGISTRY_DATASOURCE_URL=jdbc:h2:file:"
                        + data.toAbsolutePath()
                        + ";DB_CLOSE_ON_EXIT=FALSE")),
            Map.of(),
            log);
  }

  /** Waits until it answers; one that has ended is started again. */
  void awaitAnswer() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url() + "/subjects"))
            .timeout(Duration.ofSeconds(5))
            .build();
    while (System.nanoTime() < deadline) {
      try {
        if (http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        // Not up yet: that is what is being waited for.
        LockSupport.parkNanos(ASK_AGAIN.toNanos());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
      if (!process.alive()) {
        restart();
      }
      LockSupport.parkNanos(ASK_AGAIN.toNanos());
    }
    throw new IllegalStateException(
        "the schema registry does not answer within " + PATIENCE.toSeconds() + " s; see " + log);
  }

  private void require(HttpRequest request) {
    try {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IllegalStateException("the schema registry refuses: " + answer.body());
      }
    } catch (IOException e) {
      throw new IllegalStateException("the schema registry does not answer at " + url(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    process.kill();
  }
}
