package io.turnwise.serdes;

import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.confluent.kafka.serializers.KafkaAvroDeserializerConfig;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import io.confluent.kafka.serializers.KafkaAvroSerializerConfig;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * Serdes for the values of Turnwise's topics, made of Confluent's own serializer and deserializer.
 * On the wire a value is a zero byte, the schema's id in the registry as four bytes big-endian, and
 * the record in Avro's binary encoding; a null value is a tombstone and stays null. Keys are plain
 * UTF-8 strings and need no serde of this class.
 */
public final class AvroSerdes {
  private AvroSerdes() {}

  /**
   * A serde for the values of one topic, ready for use: its {@code configure} does nothing.
   *
   * <p>Reading takes a record of any schema that Avro can resolve to {@code type}: fields the
   * writer did not know get their defaults, fields the reader does not know are skipped. Both
   * directions throw {@link org.apache.kafka.common.errors.SerializationException} where the record
   * is at fault and {@link RegistryUnavailable} where the registry gave no usable answer.
   *
   * <p>The serde may be shared by threads. Who asked for it closes it.
   *
   * @param type one of the classes in {@link Contract}
   * @param registry Confluent's serde settings: {@code schema.registry.url} ({@code mock://NAME}
   *     for a registry inside this process), credentials, {@code auto.register.schemas} and the
   *     like; settings that are not known to Confluent's serdes are ignored by them. With TLS
   *     settings the registry's certificate must be for its name, unless {@code
   *     schema.registry.ssl.endpoint.identification.algorithm} is set otherwise. Three are decided
   *     here: values are always read into {@code type} ({@code specific.avro.reader}, {@code
   *     specific.avro.value.type}), and unless {@code avro.remove.java.properties} says otherwise
   *     schemas are registered as they are in the files, without hints for Java.
   * @throws ConfigException where {@code schema.registry.url} is missing or holds a password, or a
   *     setting is not usable
   * @throws IllegalArgumentException where {@code type} is not the value of any of Turnwise's
   *     topics
   */
  public static <T extends SpecificRecord> Serde<T> forValue(
      Class<T> type, Map<String, ?> registry) {
    if (!TrustedClasses.ALL.contains(type)) {
      throw new IllegalArgumentException(
          "type: " + type.getName() + " is not a record of Turnwise's topics");
    }
    Map<String, Object> settings = RegistrySettings.of(registry);
    TrustedClasses.install();

    settings.putIfAbsent(KafkaAvroSerializerConfig.AVRO_REMOVE_JAVA_PROPS_CONFIG, true);
    settings.put(KafkaAvroDeserializerConfig.SPECIFIC_AVRO_READER_CONFIG, true);
    settings.put(KafkaAvroDeserializerConfig.SPECIFIC_AVRO_VALUE_TYPE_CONFIG, type);
    KafkaAvroSerializer serializer = new KafkaAvroSerializer();
    serializer.configure(settings, false);
    KafkaAvroDeserializer deserializer = new WaryAvroDeserializer();
    deserializer.configure(settings, false);
    return Serdes.serdeFrom(
        new ValueSerializer<>(serializer), new ValueDeserializer<>(type, deserializer));
  }
}
