package io.turnwise.app.endtoend;

import io.turnwise.app.broker.EmbeddedBroker;
import io.turnwise.testing.ApicurioProcess;
import io.turnwise.testing.ConfluentContainers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.testcontainers.DockerClientFactory;

/**
 * A real Kafka broker and a real schema registry server: containers of Apache Kafka and Confluent's
 * Schema Registry where a Docker engine answers, else the in-VM KRaft broker and Apicurio as a
 * process. It says on standard output which it took.
 */
public final class Backbone implements AutoCloseable {
  private final String bootstrapServers;
  private final String registryUrl;
  private final String description;
  private final List<Part> parts;

  /** Something to close, in the order of the list. */
  private interface Part {
    void close() throws IOException;
  }

  private Backbone(
      String bootstrapServers, String registryUrl, String description, List<Part> parts) {
    this.bootstrapServers = bootstrapServers;
    this.registryUrl = registryUrl;
    this.description = description;
    this.parts = parts;
  }

  /** Starts the one this machine can run. */
  public static Backbone start() throws IOException {
    Backbone backbone =
        DockerClientFactory.instance().isDockerAvailable() ? ofContainers() : ofThisMachine();
    System.out.println("backbone: " + backbone.describe());
    return backbone;
  }

  /** In containers; needs a Docker engine. */
  public static Backbone ofContainers() {
    ConfluentContainers containers = ConfluentContainers.start();
    return new Backbone(
        containers.bootstrapServers(),
        containers.registryUrl(),
        containers.describe(),
        List.of(containers::close));
  }

  /** From Maven's artifacts alone. */
  public static Backbone ofThisMachine() throws IOException {
    ApicurioProcess registry = ApicurioProcess.start();
    try {
      Path folder = Files.createTempDirectory("turnwise-backbone");
      EmbeddedBroker broker = EmbeddedBroker.start(folder);
      return new Backbone(
          broker.bootstrapServers(),
          registry.registryUrl(),
          "in-VM KRaft broker and " + registry.describe(),
          List.of(broker::close, () -> delete(folder), registry::close));
    } catch (IOException | RuntimeException failure) {
      registry.close();
      throw failure;
    }
  }

  /** What {@code bootstrap.servers} must be. */
  public String bootstrapServers() {
    return bootstrapServers;
  }

  /** What {@code schema.registry.url} must be. */
  public String registryUrl() {
    return registryUrl;
  }

  /** What was started, and why this one. */
  public String describe() {
    return description;
  }

  @Override
  public void close() throws IOException {
    close(0);
  }

  private void close(int from) throws IOException {
    if (from < parts.size()) {
      try {
        parts.get(from).close();
      } finally {
        close(from + 1);
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
