package io.turnwise.app.view;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.connect.ConnectionFault;
import io.turnwise.serdes.AvroSerdes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Reads a whole topic, all partitions, committed records only, without a consumer group. Used by
 * one thread.
 */
public final class TopicFeed<T extends SpecificRecord> implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final String topic;
  private final Serde<T> serde;
  private final Consumer<String> skipped;
  private final KafkaConsumer<String, byte[]> consumer;
  private final List<TopicPartition> partitions;

  private TopicFeed(
      String topic,
      Serde<T> serde,
      Consumer<String> skipped,
      KafkaConsumer<String, byte[]> consumer) {
    this.topic = topic;
    this.serde = serde;
    this.skipped = skipped;
    this.consumer = consumer;
    this.partitions =
        consumer.partitionsFor(topic, PATIENCE).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
  }

  /**
   * Opens a topic for reading.
   *
   * @param properties settings of the consumer and of the registry's deserializer
   * @param fromBeginning whether to read what is there already, or only what comes
   * @param skipped is told, in one sentence, of each record that cannot be decoded
   * @throws CommandFailed if there is no such topic
   */
  public static <T extends SpecificRecord> TopicFeed<T> open(
      String topic,
      Class<T> type,
      Map<String, String> properties,
      boolean fromBeginning,
      Consumer<String> skipped) {
    Serde<T> serde = AvroSerdes.forValue(type, properties);
    Map<String, Object> settings = new HashMap<>(properties);
    settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    KafkaConsumer<String, byte[]> consumer =
        ConnectionFault.orSentence(
            () ->
                new KafkaConsumer<>(
                    settings, new StringDeserializer(), new ByteArrayDeserializer()),
            properties);
    TopicFeed<T> feed = null;
    try {
      feed = new TopicFeed<>(topic, serde, skipped, consumer);
      if (feed.partitions.isEmpty()) {
        throw new CommandFailed(
            "There is no topic " + topic + "; create it, for example with run --create-topics.");
      }
      consumer.assign(feed.partitions);
      if (fromBeginning) {
        consumer.seekToBeginning(feed.partitions);
      } else {
        consumer.seekToEnd(feed.partitions);
      }
      feed.partitions.forEach(partition -> consumer.position(partition, PATIENCE));
      return feed;
    } catch (RuntimeException e) {
      consumer.close(CloseOptions.timeout(Duration.ZERO));
      serde.close();
      if (e instanceof KafkaException fault) {
        throw ConnectionFault.asCommandFailed(fault, properties);
      }
      throw e;
    }
  }

  /** The topic's partitions. */
  public List<TopicPartition> partitions() {
    return partitions;
  }

  /** The records that have come, waiting for at most so long. */
  public List<T> poll(Duration patience) {
    List<T> values = new ArrayList<>();
    Deserializer<T> deserializer = serde.deserializer();
    for (ConsumerRecord<String, byte[]> record : consumer.poll(patience)) {
      if (record.value() == null) {
        continue;
      }
      try {
        values.add(deserializer.deserialize(topic, record.value()));
      } catch (SerializationException e) {
        skipped.accept(
            "Skipped the record at "
                + new TopicPartition(topic, record.partition())
                + " offset "
                + record.offset()
                + ": "
                + e.getMessage());
      }
    }
    return values;
  }

  /** Whether everything before these offsets has been polled. */
  public boolean hasPassed(Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey(), PATIENCE) >= end.getValue());
  }

  @Override
  public void close() {
    consumer.close();
    serde.close();
  }
}
