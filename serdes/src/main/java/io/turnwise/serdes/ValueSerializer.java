package io.turnwise.serdes;

import io.confluent.kafka.serializers.KafkaAvroSerializer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Serializer;

/** Confluent's serializer for one type, with outages of the registry told apart. */
final class ValueSerializer<T extends SpecificRecord> implements Serializer<T> {
  private final KafkaAvroSerializer confluent;

  ValueSerializer(KafkaAvroSerializer confluent) {
    this.confluent = confluent;
  }

  @Override
  public byte[] serialize(String topic, T value) {
    return serialize(topic, null, value);
  }

  @Override
  public byte[] serialize(String topic, Headers headers, T value) {
    try {
      return confluent.serialize(topic, headers, value);
    } catch (KafkaException failure) {
      throw RegistryFault.ofWriting(topic, failure);
    }
  }

  @Override
  public void close() {
    confluent.close();
  }
}
