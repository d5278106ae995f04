package io.turnwise.app.fuzz;

import io.turnwise.serdes.AvroSerdes;
import io.turnwise.serdes.Contract;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;

/** Values of one topic, as the application's deserializer takes them. */
final class RecordTarget<T extends SpecificRecord> implements Target {
  private final String topic;
  private final Serde<T> serde;
  private final List<byte[]> examples;

  private RecordTarget(String topic, Serde<T> serde, List<T> examples) {
    this.topic = topic;
    this.serde = serde;
    this.examples =
        examples.stream().map(record -> serde.serializer().serialize(topic, record)).toList();
  }

  /**
   * @param examples good records
   */
  static <T extends SpecificRecord> RecordTarget<T> of(
      Contract contract, Class<T> type, List<T> examples, Map<String, ?> registry) {
    return new RecordTarget<>(contract.topic(), AvroSerdes.forValue(type, registry), examples);
  }

  @Override
  public String name() {
    return topic;
  }

  @Override
  public List<byte[]> examples() {
    return examples;
  }

  @Override
  public Outcome run(byte[] input) {
    try {
      T record = serde.deserializer().deserialize(topic, input);
      return Outcome.taken(Integer.numberOfTrailingZeros(record.hashCode() | 1 << 8));
    } catch (SerializationException e) {
      return Outcome.refused(e);
    }
  }

  @Override
  public void close() {
    serde.close();
  }
}
