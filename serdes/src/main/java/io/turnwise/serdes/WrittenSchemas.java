package io.turnwise.serdes;

import java.io.IOException;
import java.util.Map;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serde;

/** Whether a registry has, or takes, the schemas that this version writes with. */
public final class WrittenSchemas {
  /** More than any record takes whose every field is as short as it can be. */
  private static final int ZEROS = 4096;

  private WrittenSchemas() {}

  /**
   * Asks the registry what the first record of a topic would ask it, with the same settings: the
   * schema is registered where they let it be.
   *
   * <p>Of several who register one schema at the same moment some registries refuse all but one,
   * with 409, and take it from each of them a moment later.
   *
   * @param topic the topic's name
   * @param registry as of {@link AvroSerdes#forValue}
   * @throws RegistryUnavailable if there is no usable answer
   * @throws org.apache.kafka.common.config.ConfigException as of {@link AvroSerdes#forValue}
   */
  public static void require(Contract contract, String topic, Map<String, ?> registry) {
    require(contract.type(), contract, topic, registry);
  }

  private static <T extends SpecificRecord> void require(
      Class<T> type, Contract contract, String topic, Map<String, ?> registry) {
    try (Serde<T> serde = AvroSerdes.forValue(type, registry)) {
      serde.serializer().serialize(topic, allZeros(type, contract));
    }
  }

  /** Zero bytes are a record of any schema: numbers 0, empty texts, the first of a choice. */
  private static <T extends SpecificRecord> T allZeros(Class<T> type, Contract contract) {
    try {
      return type.cast(
          new SpecificDatumReader<T>(contract.schema())
              .read(null, DecoderFactory.get().binaryDecoder(new byte[ZEROS], null)));
    } catch (IOException e) {
      throw new IllegalStateException("zeros are no record of " + contract, e);
    }
  }
}
