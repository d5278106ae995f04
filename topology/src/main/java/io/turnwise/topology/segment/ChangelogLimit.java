package io.turnwise.topology.segment;

import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.StreamsConfig;

/**
 * How large a chunk may be so that the changelog takes it. A broker looks at what came compressed,
 * and what was taken out of it may be a hundred times as large: a chunk that can be read and not be
 * kept would end the thread, and the next one, for as long as its record is there.
 */
final class ChangelogLimit {
  /** A producer's own default. */
  private static final int MOST_REQUEST_BYTES = 1_048_576;

  /** More than a record and its batch take besides the payload. */
  private static final int ENVELOPE = 1_024;

  private ChangelogLimit() {}

  /** Most bytes of a payload, 0 at least, under a Streams client's settings. */
  static int payloadBytes(Map<String, Object> configs) {
    int request =
        number(
            configs,
            StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG),
            number(configs, ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MOST_REQUEST_BYTES));
    int message =
        number(
            configs,
            StreamsConfig.topicPrefix(TopicConfig.MAX_MESSAGE_BYTES_CONFIG),
            Integer.MAX_VALUE);
    return Math.max(0, Math.min(request, message) - ENVELOPE);
  }

  private static int number(Map<String, Object> configs, String key, int otherwise) {
    Object value = configs.get(key);
    return value == null ? otherwise : Integer.parseInt(value.toString().strip());
  }
}
