package io.turnwise.topology;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * A record's own timestamp. Where it has none, which a broker lets pass, that of the partition so
 * far: Kafka Streams' own default ends the thread on such a record, again and again. Nothing that
 * is decided here depends on it.
 */
public final class TimeOfRecord implements TimestampExtractor {
  @Override
  public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
    return record.timestamp() >= 0 ? record.timestamp() : Math.max(0, partitionTime);
  }
}
