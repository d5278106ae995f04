package io.turnwise.topology.deadletter;

import io.turnwise.avro.DeadLetter;
import io.turnwise.serdes.AvroSerdes;
import io.turnwise.topology.TurnwiseSettings;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serializer;

/** Serialises dead letters where the topology's own sink cannot be reached. */
final class DeadLetterWriter {
  private final TurnwiseSettings settings;
  private final Serializer<DeadLetter> serializer;

  /** Reads topic names and the registry's settings from the Streams client's configuration. */
  DeadLetterWriter(Map<String, ?> configs) {
    settings = TurnwiseSettings.of(configs);
    serializer = AvroSerdes.forValue(DeadLetter.class, configs).serializer();
  }

  boolean isRegistry(String topic) {
    return topic.equals(settings.speakerRegistry());
  }

  ProducerRecord<byte[], byte[]> write(byte[] key, DeadLetter letter) {
    String topic = settings.deadLetters();
    return new ProducerRecord<>(
        topic,
        null,
        Math.max(0, letter.getTimestamp().toEpochMilli()),
        DeadLetters.keyOf(key),
        serializer.serialize(topic, letter));
  }
}
