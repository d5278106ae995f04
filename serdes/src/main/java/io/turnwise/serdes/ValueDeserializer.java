package io.turnwise.serdes;

import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Confluent's deserializer for one type, which throws nothing but {@link SerializationException}
 * for bytes that are not such a record, and {@link RegistryUnavailable}.
 */
final class ValueDeserializer<T extends SpecificRecord> implements Deserializer<T> {
  private static final int FRAME = 5;

  private final Class<T> type;
  private final KafkaAvroDeserializer confluent;

  ValueDeserializer(Class<T> type, KafkaAvroDeserializer confluent) {
    this.type = type;
    this.confluent = confluent;
  }

  @Override
  public T deserialize(String topic, byte[] bytes) {
    return deserialize(topic, null, bytes);
  }

  @Override
  public T deserialize(String topic, Headers headers, byte[] bytes) {
    if (bytes == null) {
      return null;
    }
    requireFrame(bytes);
    try {
      return type.cast(confluent.deserialize(topic, headers, bytes));
    } catch (KafkaException failure) {
      throw RegistryFault.ofReading(topic, failure);
    } catch (RuntimeException | StackOverflowError failure) {
      // Avro meets some broken bytes with exceptions of its own, and deep ones with its stack.
      throw new SerializationException("not a readable " + type.getSimpleName(), failure);
    }
  }

  private static void requireFrame(byte[] bytes) {
    if (bytes.length < FRAME) {
      throw new SerializationException(
          "value of "
              + bytes.length
              + " bytes: Confluent's framing (a zero byte and a four-byte schema id) takes "
              + FRAME);
    }
    if (bytes[0] != 0) {
      throw new SerializationException(
          "first byte is "
              + (bytes[0] & 0xff)
              + ", not 0: the value is not in Confluent's framing; write it with a Confluent"
              + " Avro serializer");
    }
  }

  @Override
  public void close() {
    confluent.close();
  }
}
