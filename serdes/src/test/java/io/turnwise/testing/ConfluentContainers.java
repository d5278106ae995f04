package io.turnwise.testing;

import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/** Apache Kafka and Confluent's Schema Registry in containers of one network. */
public final class ConfluentContainers implements RegistryServer {
  private static final String KAFKA = "apache/kafka:4.3.1";
  private static final String REGISTRY = "confluentinc/cp-schema-registry:7.9.2";

  private final Network network = Network.newNetwork();
  private final KafkaContainer kafka =
      new KafkaContainer(DockerImageName.parse(KAFKA))
          .withNetwork(network)
          .withListener("kafka:19092");
  private final GenericContainer<?> registry =
      new GenericContainer<>(DockerImageName.parse(REGISTRY))
          .withNetwork(network)
          .withExposedPorts(8081)
          .withEnv("SCHEMA_REGISTRY_HOST_NAME", "schema-registry")
          .withEnv("SCHEMA_REGISTRY_LISTENERS", "http://0.0.0.0:8081")
          .withEnv("SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS", "PLAINTEXT://kafka:19092")
          .withEnv("SCHEMA_REGISTRY_KAFKASTORE_TOPIC_REPLICATION_FACTOR", "1")
          .waitingFor(Wait.forHttp("/subjects").forPort(8081).forStatusCode(200));

  private ConfluentContainers() {}

  /** Starts both and waits until they answer. Needs a Docker engine. */
  public static ConfluentContainers start() {
    ConfluentContainers containers = new ConfluentContainers();
    try {
      containers.kafka.start();
      containers.registry.start();
      RegistryServer.setCompatibility(containers.registryUrl(), "BACKWARD");
      return containers;
    } catch (RuntimeException | Error failure) {
      containers.close();
      throw failure;
    }
  }

  /** The broker's address as a client on this machine sees it. */
  public String bootstrapServers() {
    return kafka.getBootstrapServers();
  }

  @Override
  public String registryUrl() {
    return "http://" + registry.getHost() + ":" + registry.getMappedPort(8081);
  }

  @Override
  public String describe() {
    return "containers " + KAFKA + " and " + REGISTRY + " (a Docker engine answers)";
  }

  @Override
  public void close() {
    registry.close();
    kafka.close();
    network.close();
  }
}
