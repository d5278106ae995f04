package io.turnwise.topology;

import io.turnwise.topology.deadletter.FailedRecords;
import io.turnwise.topology.deadletter.UndecodableRecords;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.StreamsConfig;

/** The Kafka Streams settings Turnwise runs with; a user's own win over them. */
public final class StreamsDefaults {
  private StreamsDefaults() {}

  /**
   * Puts a user's settings over the defaults, key by key: where a default has a prefix such as
   * {@code consumer.}, only a setting with that prefix replaces it.
   *
   * @param user a user's settings: Kafka's, Confluent's and {@code turnwise.*}; all are handed on
   * @return what {@code KafkaStreams} is to be built with
   */
  public static Properties over(Map<String, String> user) {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "turnwise");
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
    properties.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
    properties.put(
        StreamsConfig.NUM_STREAM_THREADS_CONFIG, Runtime.getRuntime().availableProcessors());
    properties.put(StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG, TimeOfRecord.class);
    properties.put(
        StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG, UndecodableRecords.class);
    properties.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, FailedRecords.class);
    // By its name: the constant is deprecated, because a later Kafka will not ask.
    properties.put("processing.exception.handler.global.enabled", true);
    // The changelogs hold what was said: deleted records must go within hours, not within weeks.
    properties.put(StreamsConfig.topicPrefix(TopicConfig.SEGMENT_MS_CONFIG), "3600000");
    properties.put(StreamsConfig.topicPrefix(TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG), "3600000");
    properties.put(StreamsConfig.topicPrefix(TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG), "0.1");
    // With 45 s, the default, an instance that dies leaves its calls unheard for as long; 6 s is
    // the
    // least that brokers take unless told otherwise. Whoever takes over waits for the end of the
    // dead one's transaction too, which would be 10 s.
    properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 6_000);
    properties.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 1_000);
    properties.put(StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), 6_000);
    // While a dead broker's partitions get another leader, clients wait longer and longer before
    // they try again, by default up to a second each time: that is heard as silence.
    properties.put(StreamsConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 200);
    properties.put(CommonClientConfigs.RETRY_BACKOFF_MAX_MS_CONFIG, 200);
    // A call's first chunk must not be missed because the application started a little later.
    properties.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    // One poll's records are processed in one go: 500 chunks of 20 ms need some 13 inferences.
    properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 500);
    // Records wait in memory by number, not by bytes: of the default, 1000 a partition, large ones
    // fill any heap when processing falls behind. 100 chunks of 20 ms are 2 s of a call.
    properties.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 100);
    // Each thread has a consumer that fetches ahead, by default up to 50 MiB a broker.
    properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.FETCH_MAX_BYTES_CONFIG), 8_388_608);
    properties.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG), 1_048_576);
    properties.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 5);
    user.forEach(properties::put);
    return properties;
  }
}
