package io.turnwise.serdes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.testutil.MockSchemaRegistry;
import io.turnwise.avro.AudioChunk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Schemas and lengths by which a few bytes would cost a stack, a heap or minutes. */
class HostileSchemasTest {
  private static final String TOPIC = "audio-chunks";

  private final String scope = UUID.randomUUID().toString();
  private final Serde<AudioChunk> serde =
      AvroSerdes.forValue(AudioChunk.class, Map.of("schema.registry.url", "mock://" + scope));

  @AfterEach
  void close() {
    serde.close();
    MockSchemaRegistry.dropScope(scope);
  }

  @Test
  void shouldReadARecordWhoseWriterKnowsMoreFields() {
    // Given: the fixture of the others is one that is read
    byte[] record = with("{\"name\": \"more\", \"type\": \"int\"}", longs(1));

    // When
    AudioChunk read = serde.deserializer().deserialize(TOPIC, record);

    // Then
    assertEquals(SampleRecords.chunk(), read);
  }

  @Test
  void shouldRefuseARecordThatNestsAMillionDeep() {
    // Given
    byte[] nested = new byte[1_000_001];
    Arrays.fill(nested, (byte) 2);
    nested[1_000_000] = 0;

    // Then
    refused(
        "recursive",
        with(
            """
            {"name": "more", "type": {"type": "record", "name": "Link", "fields": [
              {"name": "next", "type": ["null", "Link"]}]}}""",
            nested));
  }

  @Test
  void shouldRefuseArraysOfElementsWithoutAByte() {
    for (String item :
        new String[] {
          "\"null\"",
          "{\"type\": \"record\", \"name\": \"Empty\", \"fields\": []}",
          "{\"type\": \"fixed\", \"name\": \"None\", \"size\": 0}"
        }) {
      // Given: some million elements in a few bytes
      byte[] claims =
          with(
              "{\"name\": \"more\", \"type\": {\"type\": \"array\", \"items\": " + item + "}}",
              longs(10_000_000, 0));

      // Then
      refused("take no byte", claims);
    }
  }

  @Test
  void shouldRefuseASchemaOfTensOfThousandsOfFields() {
    // Given
    StringBuilder fields = new StringBuilder("{\"name\": \"f\", \"type\": \"null\"}");
    for (int i = 0; i < 20_000; i++) {
      fields.append(", {\"name\": \"f").append(i).append("\", \"type\": \"null\"}");
    }

    // Then
    refused("more than 2000 types", with(fields.toString(), new byte[0]));
  }

  @Test
  void shouldRefuseASchemaThatNestsHundredsDeep() {
    // Given
    int depth = 400;
    String type = "{\"type\": \"array\", \"items\": ".repeat(depth) + "\"int\"" + "}".repeat(depth);

    // Then
    refused("deeper than 32", with("{\"name\": \"more\", \"type\": " + type + "}", longs(0)));
  }

  @Test
  void shouldRefuseLengthsBeyondTheBytesThatAreThere() {
    for (String type :
        new String[] {
          "\"bytes\"",
          "\"string\"",
          "{\"type\": \"array\", \"items\": \"int\"}",
          "{\"type\": \"map\", \"values\": \"int\"}",
          "{\"type\": \"fixed\", \"name\": \"Huge\", \"size\": 2147483639}"
        }) {
      for (long length : new long[] {2_147_483_639L, 1L << 40, Long.MAX_VALUE}) {
        // Given
        byte[] record = with("{\"name\": \"more\", \"type\": " + type + "}", longs(length));

        // Then
        assertThrows(
            SerializationException.class,
            () -> serde.deserializer().deserialize(TOPIC, record),
            type + " of " + length);
      }
    }
  }

  @Test
  void shouldRefuseAPayloadThatClaimsMoreThanItHas() {
    // Given: our own schema, cut off in its attributes, which claim two thousand million
    byte[] good = with("{\"name\": \"more\", \"type\": \"null\"}", new byte[0]);
    byte[] cut = Arrays.copyOf(good, good.length - 1);
    byte[] bomb = join(cut, longs(2_000_000_000L));

    // Then
    assertThrows(SerializationException.class, () -> serde.deserializer().deserialize(TOPIC, bomb));
  }

  private void refused(String why, byte[] record) {
    // When, twice: what is remembered of the schema must say the same
    for (int i = 0; i < 2; i++) {
      SerializationException refusal =
          assertThrows(
              SerializationException.class, () -> serde.deserializer().deserialize(TOPIC, record));

      // Then
      assertTrue(messages(refusal).contains(why), () -> messages(refusal));
    }
  }

  private static String messages(Throwable failure) {
    StringBuilder all = new StringBuilder();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      all.append(cause.getMessage()).append('\n');
    }
    return all.toString();
  }

  /** A good chunk, written with our schema and more fields behind. */
  private byte[] with(String fields, byte[] values) {
    String own = AudioChunk.getClassSchema().toString();
    String schema = own.substring(0, own.lastIndexOf(']')) + ", " + fields + "]}";
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder out = EncoderFactory.get().directBinaryEncoder(bytes, null);
    try {
      int id =
          MockSchemaRegistry.getClientForScope(scope)
              .register(UUID.randomUUID().toString(), new AvroSchema(schema));
      bytes.write(0);
      bytes.writeBytes(ByteBuffer.allocate(4).putInt(id).array());
      new SpecificDatumWriter<>(AudioChunk.class).write(SampleRecords.chunk(), out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Exception e) {
      throw new IllegalStateException("the registry in this process takes every schema", e);
    }
    return join(bytes.toByteArray(), values);
  }

  private static byte[] join(byte[] head, byte[] tail) {
    byte[] all = Arrays.copyOf(head, head.length + tail.length);
    System.arraycopy(tail, 0, all, head.length, tail.length);
    return all;
  }

  private static byte[] longs(long... values) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder out = EncoderFactory.get().directBinaryEncoder(bytes, null);
    try {
      for (long value : values) {
        out.writeLong(value);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
