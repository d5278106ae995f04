package io.turnwise.serdes;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.avro.Schema;
import org.apache.avro.io.DatumReader;
import org.apache.kafka.common.errors.SerializationException;

/**
 * Confluent's deserializer, which reads nothing that was written with a schema {@link
 * WriterSchemaLimits} refuses: the schema is the writer's choice, and with some of them a few bytes
 * cost a stack or minutes.
 */
final class WaryAvroDeserializer extends KafkaAvroDeserializer {
  private static final int REMEMBERED = 1000;

  /** By identity, as the registry's client gives the same object for the same id. */
  private final Cache<Schema, Optional<String>> faults =
      CacheBuilder.newBuilder().weakKeys().maximumSize(REMEMBERED).build();

  @Override
  protected DatumReader<?> getDatumReader(Schema writer, Schema reader) throws ExecutionException {
    Optional<String> fault = faults.get(writer, () -> WriterSchemaLimits.fault(writer));
    if (fault.isPresent()) {
      throw new SerializationException("the writer's schema is not read: " + fault.get());
    }
    return super.getDatumReader(writer, reader);
  }
}
