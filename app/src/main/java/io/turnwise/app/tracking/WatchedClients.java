package io.turnwise.app.tracking;

import io.turnwise.topology.silence.InputProgress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;

/**
 * The clients that Kafka Streams would make for itself, and how far those that read the input have
 * come. A consumer of the input that is closed leaves its group at once: Kafka Streams lets that of
 * a failed thread stay in it, and others wait for it until its session ends. Thread-safe.
 */
final class WatchedClients implements KafkaClientSupplier, InputProgress {
  /** What Kafka Streams puts behind a thread's name to name the consumer of its input. */
  private static final String CONSUMER = "-consumer";

  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Map<String, Consumer<byte[], byte[]>> byThread = new ConcurrentHashMap<>();

  @Override
  public Optional<Reading> ask(int partition) {
    Consumer<byte[], byte[]> consumer = byThread.get(Thread.currentThread().getName());
    if (consumer == null) {
      return Optional.empty();
    }
    // A task has one input; the registry of voices has a consumer of its own.
    Optional<TopicPartition> input =
        consumer.assignment().stream().filter(one -> one.partition() == partition).findFirst();
    if (input.isEmpty()) {
      return Optional.empty();
    }
    try {
      // Its lag is as old as its last answer, which waits behind those for other partitions.
      long end = consumer.endOffsets(Set.of(input.get()), PATIENCE).get(input.get());
      return Optional.of(new Reading(consumer.position(input.get(), PATIENCE), end));
    } catch (TimeoutException e) {
      return Optional.empty();
    }
  }

  @Override
  public Admin getAdmin(Map<String, Object> config) {
    return Admin.create(config);
  }

  @Override
  public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Override
  public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
    Consumer<byte[], byte[]> consumer =
        config.containsKey(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG)
            ? consumer(config)
            : new LeavingConsumer(config);
    String name = String.valueOf(config.get(CommonClientConfigs.CLIENT_ID_CONFIG));
    if (name.endsWith(CONSUMER)) {
      byThread.put(name.substring(0, name.length() - CONSUMER.length()), consumer);
    }
    return consumer;
  }

  @Override
  public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
    return consumer(config);
  }

  @Override
  public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
    return consumer(config);
  }

  private static Consumer<byte[], byte[]> consumer(Map<String, Object> config) {
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** Not for members with a name of their own: they are expected back. */
  private static final class LeavingConsumer extends KafkaConsumer<byte[], byte[]> {
    LeavingConsumer(Map<String, Object> config) {
      super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public void close(CloseOptions options) {
      super.close(options.withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP));
    }
  }
}
