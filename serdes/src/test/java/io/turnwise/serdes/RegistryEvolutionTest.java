package io.turnwise.serdes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.testing.RegistryServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Evolution of the contracts as a registry server of its own judges it. */
class RegistryEvolutionTest {
  private static RegistryServer server;
  private static SchemaRegistryClient client;

  private final String topic = "evolution-" + UUID.randomUUID();
  private final String subject = topic + "-value";

  @BeforeAll
  static void startServer() {
    server = RegistryServer.start();
    System.out.println("registry: " + server.describe());
    client = new CachedSchemaRegistryClient(server.registryUrl(), 100);
  }

  @AfterAll
  static void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldRegisterAndReadBackEachContract(Contract contract) throws Exception {
    // Given
    SpecificRecord record = SampleRecords.of(contract);
    try (Serde<SpecificRecord> serde = serde(contract)) {

      // When
      byte[] bytes = serde.serializer().serialize(contract.topic(), record);

      // Then
      assertEquals(record, serde.deserializer().deserialize(contract.topic(), bytes));
      assertEquals(
          ByteBuffer.wrap(bytes).getInt(1),
          client.getLatestSchemaMetadata(contract.topic() + "-value").getId());
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldTakePresentSchemaAfterEachReleasedOne(Contract contract) throws Exception {
    // Given
    List<ReleasedSchemasTest.Released> released = new ArrayList<>(ReleasedSchemasTest.released());
    released.removeIf(one -> one.contract() != contract);
    assertFalse(released.isEmpty());

    // When
    for (ReleasedSchemasTest.Released one : released) {
      client.register(subject, new AvroSchema(one.schema()));
    }

    // Then
    assertTrue(client.testCompatibility(subject, new AvroSchema(contract.schema())));
  }

  @Test
  void shouldAcceptAnOptionalField() throws Exception {
    // Given
    client.register(subject, present());

    // When
    int version = client.register(subject, edited(RegistryEvolutionTest::withOptionalField));

    // Then
    assertTrue(version > 0);
    assertEquals(2, client.getAllVersions(subject).size());
  }

  @Test
  void shouldRefuseAFieldWhoseDefaultIsGone() throws Exception {
    // Given
    client.register(subject, present());

    // When, Then
    assertRefused(
        edited(text -> withOptionalField(text).replace(",\"doc\":\"new\",\"default\":null", "")));
  }

  @Test
  void shouldRefuseAChangedType() throws Exception {
    // Given
    client.register(subject, present());

    // When, Then
    assertRefused(
        edited(
            text ->
                text.replace(
                    "{\"name\":\"atMillis\",\"type\":\"long\"",
                    "{\"name\":\"atMillis\",\"type\":\"string\"")));
  }

  @Test
  void shouldReadARecordOfANewerSchema() throws Exception {
    // Given
    client.register(subject, present());
    GenericRecord newer = asRecordOf(edited(RegistryEvolutionTest::withOptionalField).rawSchema());
    newer.put("added", "later");
    byte[] bytes;
    TrustedClasses.install();
    try (KafkaAvroSerializer serializer = new KafkaAvroSerializer()) {
      serializer.configure(registry(), false);
      bytes = serializer.serialize(topic, newer);
    }

    // When
    SpecificRecord read;
    try (Serde<SpecificRecord> serde = serde(Contract.SPEAKER_CHANGES)) {
      read = serde.deserializer().deserialize(topic, bytes);
    }

    // Then
    assertEquals(SampleRecords.change(), read);
    assertNull(read.getSchema().getField("added"));
  }

  @Test
  void shouldReportARefusedSchemaAsNoFaultOfTheRecord() throws Exception {
    // Given
    client.register(
        subject,
        new AvroSchema(
            "{\"type\":\"record\",\"name\":\"SpeakerChange\",\"namespace\":\"io.turnwise.avro\","
                + "\"fields\":[]}"));
    try (Serde<SpecificRecord> serde = serde(Contract.SPEAKER_CHANGES)) {

      // When, Then
      assertThrows(
          RegistryUnavailable.class,
          () -> serde.serializer().serialize(topic, SampleRecords.change()));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1_000_000, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void shouldTakeASchemaIdThatTheServerDoesNotKnowAsABadRecord(int id) {
    // Given
    try (Serde<SpecificRecord> serde = serde(Contract.SPEAKER_CHANGES)) {
      byte[] bytes = serde.serializer().serialize(topic, SampleRecords.change());
      ByteBuffer.wrap(bytes).putInt(1, id);

      // When, Then
      assertThrows(
          SerializationException.class, () -> serde.deserializer().deserialize(topic, bytes));
    }
  }

  private void assertRefused(AvroSchema schema) {
    RestClientException refusal =
        assertThrows(RestClientException.class, () -> client.register(subject, schema));
    assertEquals(409, refusal.getStatus(), refusal::getMessage);
  }

  private static Map<String, Object> registry() {
    return Map.of("schema.registry.url", server.registryUrl());
  }

  @SuppressWarnings("unchecked")
  private static Serde<SpecificRecord> serde(Contract contract) {
    return (Serde<SpecificRecord>) AvroSerdes.forValue(contract.type(), registry());
  }

  private static AvroSchema present() {
    return new AvroSchema(SpeakerChange.getClassSchema());
  }

  private static AvroSchema edited(UnaryOperator<String> edit) {
    String text = SpeakerChange.getClassSchema().toString();
    String after = edit.apply(text);
    assertFalse(after.equals(text), "nothing was edited");
    return new AvroSchema(after);
  }

  private static String withOptionalField(String text) {
    int last = text.lastIndexOf(']');
    return text.substring(0, last)
        + ",{\"name\":\"added\",\"type\":[\"null\",\"string\"],\"doc\":\"new\",\"default\":null}"
        + text.substring(last);
  }

  private static GenericRecord asRecordOf(Schema schema) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    new SpecificDatumWriter<>(SpeakerChange.class).write(SampleRecords.change(), encoder);
    return new GenericDatumReader<GenericRecord>(SpeakerChange.getClassSchema(), schema)
        .read(null, DecoderFactory.get().binaryDecoder(bytes.toByteArray(), null));
  }
}
