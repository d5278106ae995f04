package io.turnwise.serdes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.testutil.MockSchemaRegistry;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import io.turnwise.avro.AudioChunk;
import io.turnwise.avro.EnrolledVoice;
import io.turnwise.avro.Role;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.avro.SpeakerEmbedding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AvroSerdesTest {
  private final String scope = UUID.randomUUID().toString();
  private final Map<String, Object> registry = Map.of("schema.registry.url", "mock://" + scope);

  @AfterEach
  void dropRegistry() {
    MockSchemaRegistry.dropScope(scope);
  }

  @ParameterizedTest
  @EnumSource
  void shouldReadBackWhatWasWritten(Contract contract) {
    // Given
    SpecificRecord record = SampleRecords.of(contract);
    try (Serde<SpecificRecord> serde = serde(contract)) {

      // When
      byte[] bytes = serde.serializer().serialize(contract.topic(), record);

      // Then
      assertEquals(record, serde.deserializer().deserialize(contract.topic(), bytes));
    }
  }

  @Test
  void shouldWriteZeroByteThenSchemaIdThenPlainAvro() throws Exception {
    // Given
    SpeakerEmbedding embedding = SampleRecords.embedding();
    byte[] bytes = write(SpeakerEmbedding.class, "speaker-embeddings", embedding);

    // When
    ByteBuffer frame = ByteBuffer.wrap(bytes);
    byte magic = frame.get();
    Schema registered = schemaById(frame.getInt());
    GenericRecord read =
        new GenericDatumReader<GenericRecord>(registered)
            .read(
                null,
                DecoderFactory.get()
                    .binaryDecoder(bytes, frame.position(), frame.remaining(), null));

    // Then
    assertEquals(0, magic);
    assertEquals("call-1", read.get("call").toString());
    assertEquals(List.of(0.5f, -0.25f, Float.MIN_VALUE), read.get("vector"));
    assertEquals(SampleRecords.TIME.toEpochMilli(), read.get("capturedAt"));
  }

  @ParameterizedTest
  @EnumSource
  void shouldRegisterSchemaWithoutHintsForJava(Contract contract) throws Exception {
    // Given
    try (Serde<SpecificRecord> serde = serde(contract)) {

      // When
      byte[] bytes = serde.serializer().serialize(contract.topic(), SampleRecords.of(contract));

      // Then
      String registered = schemaById(ByteBuffer.wrap(bytes).getInt(1)).toString();
      assertFalse(registered.contains("avro.java"), registered);
    }
  }

  @Test
  void shouldKeepTombstone() {
    try (Serde<EnrolledVoice> serde = AvroSerdes.forValue(EnrolledVoice.class, registry)) {
      assertNull(serde.serializer().serialize("speaker-registry", null));
      assertNull(serde.deserializer().deserialize("speaker-registry", null));
    }
  }

  @Test
  void shouldPassSettingsThrough() {
    // Given
    Map<String, Object> settings = new HashMap<>(registry);
    settings.put("auto.register.schemas", "false");
    settings.put("client.id", "not a setting of Confluent's serdes");
    try (Serde<AudioChunk> serde = AvroSerdes.forValue(AudioChunk.class, settings)) {

      // When, Then
      assertThrows(
          RegistryUnavailable.class,
          () -> serde.serializer().serialize("audio-chunks", SampleRecords.chunk()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  "})
  void shouldNameMissingRegistryUrl(String url) {
    for (Map<String, Object> settings :
        List.<Map<String, Object>>of(Map.of(), Map.of("schema.registry.url", url))) {
      // When
      ConfigException failure =
          assertThrows(
              ConfigException.class, () -> AvroSerdes.forValue(AudioChunk.class, settings));

      // Then
      assertTrue(failure.getMessage().contains("schema.registry.url is missing"));
    }
  }

  @Test
  void shouldRefuseTypeThatIsNoContract() {
    assertThrows(
        IllegalArgumentException.class, () -> AvroSerdes.forValue(Intruder.class, registry));
  }

  @Test
  void shouldRefuseBytesThatAreNoRecord() {
    // Given
    byte[] good = write(AudioChunk.class, "audio-chunks", SampleRecords.chunk());
    byte[] unknownId = good.clone();
    unknownId[1] = 0x7f;
    byte[] negativeId = good.clone();
    negativeId[1] = -1;
    byte[] noise = new byte[64];
    new Random(1).nextBytes(noise);
    byte[] framedNoise = Arrays.copyOf(good, 5 + noise.length);
    System.arraycopy(noise, 0, framedNoise, 5, noise.length);
    List<byte[]> poison =
        List.of(
            new byte[0],
            new byte[] {0},
            "{\"callId\":\"call-1\"}".getBytes(StandardCharsets.UTF_8),
            noise,
            framedNoise,
            unknownId,
            negativeId,
            Arrays.copyOf(good, 5),
            Arrays.copyOf(good, good.length - 1));

    try (Serde<AudioChunk> serde = AvroSerdes.forValue(AudioChunk.class, registry)) {
      // When, Then
      for (byte[] bytes : poison) {
        assertThrows(
            SerializationException.class,
            () -> serde.deserializer().deserialize("audio-chunks", bytes),
            () -> "taken: " + Arrays.toString(bytes));
      }
    }
  }

  @Test
  void shouldRefuseRecordOfAnotherContract() {
    // Given
    byte[] change = write(SpeakerChange.class, "speaker-changes", SampleRecords.change());
    try (Serde<AudioChunk> serde = AvroSerdes.forValue(AudioChunk.class, registry)) {

      // When, Then
      assertThrows(
          SerializationException.class,
          () -> serde.deserializer().deserialize("audio-chunks", change));
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldMeetDamagedBytesWithSerializationExceptionOrARecord(Contract contract) {
    // Given
    long seed = 20260301L + contract.ordinal();
    Random random = new Random(seed);
    int refused = 0;
    try (Serde<SpecificRecord> serde = serde(contract)) {
      byte[] good = serde.serializer().serialize(contract.topic(), SampleRecords.of(contract));

      // When
      for (int round = 0; round < 5_000; round++) {
        byte[] damaged = Arrays.copyOf(good, 5 + random.nextInt(good.length - 4));
        for (int hits = 1 + random.nextInt(4); hits > 0; hits--) {
          int at = 5 + random.nextInt(Math.max(1, damaged.length - 5));
          if (at < damaged.length) {
            damaged[at] = (byte) random.nextInt();
          }
        }
        try {
          serde.deserializer().deserialize(contract.topic(), damaged);
        } catch (SerializationException expected) {
          refused++;
        } catch (Throwable failure) {
          throw new AssertionError(
              "seed " + seed + ", round " + round + ": " + Arrays.toString(damaged), failure);
        }
      }
    }

    // Then
    assertTrue(refused > 0, "seed " + seed + " damaged nothing");
  }

  @ParameterizedTest
  @ValueSource(longs = {100_000, 500_000_000, Integer.MAX_VALUE - 8, Long.MAX_VALUE, -1})
  void shouldRefuseLengthsThatTheValueDoesNotHave(long claimed) throws IOException {
    // Given
    EnrolledVoice voice = SampleRecords.voice();
    byte[] frame = write(EnrolledVoice.class, "speaker-registry", voice);
    ByteArrayOutputStream idTooLong = new ByteArrayOutputStream();
    idTooLong.write(frame, 0, 5);
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(idTooLong, null);
    encoder.writeLong(claimed);
    ByteArrayOutputStream vectorTooLong = new ByteArrayOutputStream();
    vectorTooLong.write(frame, 0, 5);
    encoder = EncoderFactory.get().directBinaryEncoder(vectorTooLong, null);
    encoder.writeString(voice.getSpeakerId());
    encoder.writeLong(claimed);
    encoder.writeFloat(1f);

    AudioChunk chunk = SampleRecords.chunk();
    frame = write(AudioChunk.class, "audio-chunks", chunk);
    ByteArrayOutputStream payloadTooLong = new ByteArrayOutputStream();
    payloadTooLong.write(frame, 0, 5);
    encoder = EncoderFactory.get().directBinaryEncoder(payloadTooLong, null);
    encoder.writeString(chunk.getCallId());
    encoder.writeInt(chunk.getChannel());
    encoder.writeEnum(chunk.getRole().ordinal());
    encoder.writeLong(chunk.getSequence());
    encoder.writeLong(chunk.getPosition());
    encoder.writeLong(chunk.getCapturedAt().toEpochMilli());
    encoder.writeEnum(chunk.getEncoding().ordinal());
    encoder.writeInt(chunk.getSampleRate());
    encoder.writeLong(claimed);
    encoder.writeFixed(new byte[100]);

    // When, Then
    assertThrows(
        SerializationException.class,
        () -> read(EnrolledVoice.class, "speaker-registry", idTooLong.toByteArray()));
    assertThrows(
        SerializationException.class,
        () -> read(EnrolledVoice.class, "speaker-registry", vectorTooLong.toByteArray()));
    assertThrows(
        SerializationException.class,
        () -> read(AudioChunk.class, "audio-chunks", payloadTooLong.toByteArray()));
  }

  @Test
  void shouldTakeUnknownRoleAsUnknown() throws Exception {
    // Given
    Schema newer = withSymbol("SUPERVISOR", "\"CUSTOMER\"");
    GenericRecord record = genericChunk(newer);
    record.put("role", new GenericData.EnumSymbol(newer.getField("role").schema(), "SUPERVISOR"));
    byte[] bytes = writeGeneric("audio-chunks", record);

    // When
    AudioChunk chunk = read(AudioChunk.class, "audio-chunks", bytes);

    // Then
    assertEquals(Role.UNKNOWN, chunk.getRole());
  }

  @Test
  void shouldRefuseUnknownEncoding() throws Exception {
    // Given
    Schema newer = withSymbol("OPUS", "\"ALAW\"");
    GenericRecord record = genericChunk(newer);
    record.put("encoding", new GenericData.EnumSymbol(newer.getField("encoding").schema(), "OPUS"));
    byte[] bytes = writeGeneric("audio-chunks", record);

    // When
    SerializationException failure =
        assertThrows(
            SerializationException.class, () -> read(AudioChunk.class, "audio-chunks", bytes));

    // Then
    assertTrue(
        causes(failure).contains("OPUS"), () -> "does not name the symbol: " + causes(failure));
  }

  @Test
  void shouldNotMakeTheClassThatTheWriterNames() throws Exception {
    // Given
    String intruder =
        SampleRecords.chunk()
            .getSchema()
            .toString()
            .replace("\"name\":\"AudioChunk\"", "\"name\":\"AvroSerdesTest$Intruder\"")
            .replace("\"namespace\":\"io.turnwise.avro\"", "\"namespace\":\"io.turnwise.serdes\"");
    Schema schema = new Schema.Parser(NameValidator.NO_VALIDATION).parse(intruder);
    byte[] bytes = write(AudioChunk.class, "audio-chunks", SampleRecords.chunk());
    int id =
        MockSchemaRegistry.getClientForScope(scope).register("intruder", new AvroSchema(schema));
    ByteBuffer.wrap(bytes).putInt(1, id);

    // When
    try {
      read(AudioChunk.class, "audio-chunks", bytes);
    } catch (SerializationException eitherWay) {
      // Whether Avro resolves the alien name is not the point.
    }

    // Then
    assertEquals(0, Intruder.made);
  }

  @Test
  void shouldTellAnAbsentRegistryFromABadRecord() {
    // Given
    byte[] bytes = write(AudioChunk.class, "audio-chunks", SampleRecords.chunk());
    Map<String, Object> nobody =
        Map.of("schema.registry.url", "http://127.0.0.1:1", "max.retries", 0);
    try (Serde<AudioChunk> serde = AvroSerdes.forValue(AudioChunk.class, nobody)) {

      // When, Then
      assertThrows(
          RegistryUnavailable.class, () -> serde.deserializer().deserialize("audio-chunks", bytes));
      assertThrows(
          RegistryUnavailable.class,
          () -> serde.serializer().serialize("audio-chunks", SampleRecords.chunk()));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 429, 500, 503})
  void shouldTellAFailingRegistryFromABadRecord(int status) throws Exception {
    // Given
    byte[] bytes = write(AudioChunk.class, "audio-chunks", SampleRecords.chunk());
    try (StandIn server = new StandIn(status, status);
        Serde<AudioChunk> serde = AvroSerdes.forValue(AudioChunk.class, server.settings())) {

      // When, Then
      assertThrows(
          RegistryUnavailable.class, () -> serde.deserializer().deserialize("audio-chunks", bytes));
    }
  }

  @Test
  void shouldTakeASchemaIdThatTheRegistryDoesNotKnowAsABadRecord() throws Exception {
    // Given
    byte[] bytes = write(AudioChunk.class, "audio-chunks", SampleRecords.chunk());
    try (StandIn server = new StandIn(404, 40403);
        Serde<AudioChunk> serde = AvroSerdes.forValue(AudioChunk.class, server.settings())) {

      // When, Then
      assertThrows(
          SerializationException.class,
          () -> serde.deserializer().deserialize("audio-chunks", bytes));
    }
  }

  @SuppressWarnings("unchecked")
  private Serde<SpecificRecord> serde(Contract contract) {
    return (Serde<SpecificRecord>) AvroSerdes.forValue(contract.type(), registry);
  }

  private <T extends SpecificRecord> byte[] write(Class<T> type, String topic, T record) {
    try (Serde<T> serde = AvroSerdes.forValue(type, registry)) {
      return serde.serializer().serialize(topic, record);
    }
  }

  private <T extends SpecificRecord> T read(Class<T> type, String topic, byte[] bytes) {
    try (Serde<T> serde = AvroSerdes.forValue(type, registry)) {
      return serde.deserializer().deserialize(topic, bytes);
    }
  }

  private byte[] writeGeneric(String topic, GenericRecord record) {
    try (KafkaAvroSerializer serializer = new KafkaAvroSerializer()) {
      serializer.configure(registry, false);
      return serializer.serialize(topic, record);
    }
  }

  private Schema schemaById(int id) throws Exception {
    return ((AvroSchema) MockSchemaRegistry.getClientForScope(scope).getSchemaById(id)).rawSchema();
  }

  /** The chunk's schema with one more enum symbol, after the one given. */
  private static Schema withSymbol(String symbol, String after) {
    String text = AudioChunk.getClassSchema().toString();
    String newer = text.replace(after + "]", after + ",\"" + symbol + "\"]");
    assertFalse(newer.equals(text), "no enum ends with " + after);
    return new Schema.Parser().parse(newer);
  }

  private static GenericRecord genericChunk(Schema schema) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    AudioChunk chunk = SampleRecords.chunk();
    new SpecificDatumWriter<>(AudioChunk.class).write(chunk, encoder);
    return new GenericDatumReader<GenericRecord>(chunk.getSchema(), schema)
        .read(null, DecoderFactory.get().binaryDecoder(bytes.toByteArray(), null));
  }

  private static String causes(Throwable failure) {
    StringBuilder text = new StringBuilder();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      text.append(cause).append('\n');
    }
    return text.toString();
  }

  /** A registry that answers everything with one failure. */
  private static final class StandIn implements AutoCloseable {
    private final HttpServer server;

    StandIn(int status, int errorCode) throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      byte[] body =
          ("{\"error_code\":" + errorCode + ",\"message\":\"no\"}")
              .getBytes(StandardCharsets.UTF_8);
      server.createContext(
          "/",
          exchange -> {
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
          });
      server.start();
    }

    Map<String, Object> settings() {
      return Map.of(
          "schema.registry.url",
          "http://127.0.0.1:" + server.getAddress().getPort(),
          "max.retries",
          0);
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  /** A record class of somebody else's on the class path. */
  public static final class Intruder extends SpecificRecordBase {
    private static final long serialVersionUID = 1L;
    static int made;

    public Intruder() {
      made++;
    }

    @Override
    public Schema getSchema() {
      return AudioChunk.getClassSchema();
    }

    @Override
    public Object get(int field) {
      return null;
    }

    @Override
    public void put(int field, Object value) {}
  }
}
