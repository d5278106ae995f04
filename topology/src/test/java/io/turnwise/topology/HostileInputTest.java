package io.turnwise.topology;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.testutil.MockSchemaRegistry;
import io.turnwise.avro.AudioChunk;
import io.turnwise.avro.DeadLetter;
import io.turnwise.avro.DeadLetterReason;
import io.turnwise.avro.Encoding;
import io.turnwise.avro.EnrolledVoice;
import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.inference.model.InputKind;
import io.turnwise.inference.model.Model;
import io.turnwise.testing.OnnxBytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Attacks, each by name, through the whole topology. A good call is played around each of them: it
 * must be heard as if it had been alone, byte for byte.
 */
@TestInstance(Lifecycle.PER_CLASS)
class HostileInputTest {
  private static final String GOOD = "good";
  private static final int CHUNKS = 500;
  private static final List<String> STORES =
      List.of("segment-audio", "segment-channels", "order-calls", "track-voices");

  private List<byte[]> alone;

  /** What a hostile client does in the midst of the good call. */
  private interface Attack {
    void on(Driven driven);
  }

  /** Plays the good call around an attack, and compares it with itself alone. */
  private List<DeadLetter> attack(Map<String, String> settings, Attack attack) {
    if (alone == null) {
      try (Driven driven = Driven.open()) {
        alone = heard(driven.play(good()));
      }
      assertTrue(alone.size() > 10, () -> alone.size() + " records of the good call");
    }
    try (Driven driven = Driven.open(settings)) {
      driven.play(good().subList(0, CHUNKS / 2));
      attack.on(driven);
      driven.play(good().subList(CHUNKS / 2, CHUNKS));
      List<byte[]> heard = heard(driven);
      assertEquals(alone.size(), heard.size());
      for (int i = 0; i < alone.size(); i++) {
        assertArrayEquals(alone.get(i), heard.get(i), "record " + i + " of the good call");
      }
      List<DeadLetter> letters = driven.deadLetters.readValuesToList();
      assertFalse(
          letters.stream()
              .anyMatch(letter -> letter.getReason() == DeadLetterReason.PROCESSING_FAILED),
          letters::toString);
      return letters;
    }
  }

  private List<DeadLetter> attack(Attack attack) {
    return attack(Map.of(), attack);
  }

  private static List<AudioChunk> good() {
    return Driven.sampleChunks(GOOD).subList(0, CHUNKS);
  }

  private static List<byte[]> heard(Driven driven) {
    List<byte[]> all = new ArrayList<>();
    for (String topic : List.of("speaker-embeddings", "speaker-changes")) {
      for (KeyValue<byte[], byte[]> record :
          driven
              .driver
              .createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())
              .readKeyValuesToList()) {
        if (Arrays.equals(record.key, GOOD.getBytes(StandardCharsets.UTF_8))) {
          all.add(record.value);
        }
      }
    }
    return all;
  }

  private static Map<DeadLetterReason, Long> byReason(List<DeadLetter> letters) {
    return letters.stream()
        .collect(Collectors.groupingBy(DeadLetter::getReason, Collectors.counting()));
  }

  private static long stored(Driven driven, String store) {
    KeyValueStore<Bytes, byte[]> entries = driven.driver.getKeyValueStore(store);
    long bytes = 0;
    try (KeyValueIterator<Bytes, byte[]> all = entries.all()) {
      while (all.hasNext()) {
        bytes += all.next().value.length;
      }
    }
    return bytes;
  }

  private static long entries(Driven driven, String store) {
    return driven.driver.getKeyValueStore(store).approximateNumEntries();
  }

  private static void send(Driven driven, AudioChunk.Builder chunk) {
    AudioChunk value = chunk.build();
    driven.audio.pipeInput(value.getCallId(), value);
  }

  private static ByteBuffer silence(int bytes) {
    byte[] silence = new byte[bytes];
    Arrays.fill(silence, (byte) 0xff);
    return ByteBuffer.wrap(silence);
  }

  @Test
  void shouldPutAsideRecordsOfHostileSchemas() {
    // Given: one that nests for ever, one of nothing a million times, one of thousands of fields
    String fields =
        IntStream.range(0, 3_000)
            .mapToObj(i -> "{\"name\": \"f" + i + "\", \"type\": \"null\"}")
            .collect(Collectors.joining(","));
    byte[] deep = new byte[1_000_001];
    Arrays.fill(deep, (byte) 2);
    deep[1_000_000] = 0;

    // When
    List<DeadLetter> letters =
        attack(
            driven -> {
              driven.rawAudio.pipeInput(
                  "x",
                  written(
                      driven,
                      "{\"name\": \"n\", \"type\": [\"null\", \"io.turnwise.avro.AudioChunk\"]}",
                      new byte[] {0}));
              driven.rawAudio.pipeInput(
                  "x",
                  written(
                      driven,
                      "{\"name\": \"n\", \"type\": {\"type\": \"record\", \"name\": \"L\","
                          + " \"fields\": [{\"name\": \"n\", \"type\": [\"null\", \"L\"]}]}}",
                      deep));
              driven.rawAudio.pipeInput(
                  "x",
                  written(
                      driven,
                      "{\"name\": \"n\", \"type\": {\"type\": \"array\", \"items\": \"null\"}}",
                      new byte[] {(byte) 0x80, (byte) 0x80, (byte) 0x80, 0x10, 0}));
              driven.rawAudio.pipeInput("x", written(driven, fields, new byte[0]));
            });

    // Then
    assertEquals(Map.of(DeadLetterReason.UNDECODABLE, 4L), byReason(letters));
  }

  /** A chunk in our schema with more fields behind, which the registry took. */
  private static byte[] written(Driven driven, String fields, byte[] values) {
    Schema own = AudioChunk.getClassSchema();
    String schema = own.toString();
    schema = schema.substring(0, schema.lastIndexOf(']')) + ", " + fields + "]}";
    String scope = driven.registry().get("schema.registry.url").toString();
    byte[] good = driven.serialize(AudioChunk.class, "audio-chunks", Driven.chunk("x", 0).build());
    try {
      int id =
          MockSchemaRegistry.getClientForScope(scope.substring("mock://".length()))
              .register("hostile-" + schema.hashCode(), new AvroSchema(schema));
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      bytes.writeBytes(ByteBuffer.allocate(5).put((byte) 0).putInt(id).array());
      bytes.write(good, 5, good.length - 5);
      bytes.writeBytes(values);
      return bytes.toByteArray();
    } catch (Exception e) {
      throw new IllegalStateException("the registry in this process takes every schema", e);
    }
  }

  @Test
  void shouldPutAsideRecordsThatClaimMoreThanTheyHold() {
    // When: each of its bytes in turn says that two thousand million follow
    byte[] claim = {(byte) 0xfe, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f};
    List<DeadLetter> letters =
        attack(
            driven -> {
              byte[] good =
                  driven.serialize(AudioChunk.class, "audio-chunks", Driven.chunk("x", 0).build());
              for (int at = 5; at < good.length; at++) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                bytes.write(good, 0, at);
                bytes.writeBytes(claim);
                bytes.write(good, at + 1, good.length - at - 1);
                driven.rawAudio.pipeInput("x", bytes.toByteArray());
              }
            });

    // Then
    assertTrue(
        byReason(letters).getOrDefault(DeadLetterReason.UNDECODABLE, 0L) > 5, letters::toString);
  }

  @Test
  void shouldHearAClientThatSendsFasterThanRealTime() {
    // When: twenty minutes in no time
    long[] stored = new long[1];
    attack(
        driven -> {
          for (int minute = 0; minute < 20; minute++) {
            send(driven, Driven.chunk("fast", minute * 480_000L).setPayload(silence(480_000)));
          }
          stored[0] = stored(driven, "segment-audio");
        });

    // Then no more is kept of it than of a call in real time: two segments, and a chunk
    assertTrue(stored[0] < 480_000 + 2 * 24_000 + 12_000, () -> stored[0] + " bytes");
  }

  @Test
  void shouldBeginAnewAfterAGapOfAThousandMillionMilliseconds() {
    // When
    double[] restarts = new double[1];
    List<DeadLetter> letters =
        attack(
            driven -> {
              for (int channel = 0; channel < 2; channel++) {
                send(driven, Driven.chunk("gap", 0).setChannel(channel));
                send(driven, Driven.chunk("gap", 8_000_000_000L).setChannel(channel));
                send(driven, Driven.chunk("gap", 1L << 40).setChannel(channel));
              }
              send(driven, Driven.chunk("gap", (1L << 40) + 1));
              send(driven, Driven.chunk("gap", Long.MAX_VALUE));
              restarts[0] = driven.counter("segment", "timeline-restarts-total");
            });

    // Then no silence was made up for it
    assertEquals(4, restarts[0]);
    assertEquals(Map.of(DeadLetterReason.INVALID_FIELD, 2L), byReason(letters));
  }

  @Test
  void shouldKeepNoMoreChannelsOfACallThanAllowed() {
    // When: a thousand channels, and the millionth
    long[] kept = new long[1];
    List<DeadLetter> letters =
        attack(
            driven -> {
              for (int channel = 0; channel < 1_000; channel++) {
                send(driven, Driven.chunk("many", 0).setChannel(channel));
              }
              send(driven, Driven.chunk("many", 0).setChannel(1_000_000));
              send(driven, Driven.chunk("many", 160).setChannel(31));
              kept[0] = entries(driven, "segment-channels");
            });

    // Then: the call's 32, and the good one
    assertEquals(33, kept[0]);
    assertEquals(
        Map.of(DeadLetterReason.TOO_MANY_CHANNELS, 224L, DeadLetterReason.INVALID_FIELD, 745L),
        byReason(letters));
    assertTrue(letters.get(0).getDetail().contains("turnwise.call.channels.max"));
  }

  @Test
  void shouldKeepNoMoreChannelsThanAllowedWhenEachChunkIsANewCall() {
    // When
    long[] kept = new long[2];
    List<DeadLetter> letters =
        attack(
            Map.of(TurnwiseSettings.CHANNELS_MAX, "100", TurnwiseSettings.FORGET, "60000"),
            driven -> {
              for (int call = 0; call < 5_000; call++) {
                send(driven, Driven.chunk("call-" + call, 0).setLast(call % 2 == 0));
              }
              kept[0] = entries(driven, "segment-channels");
              kept[1] = (long) driven.counter("segment", "channels");
            });

    // Then
    assertEquals(100, kept[0]);
    assertEquals(100, kept[1]);
    assertEquals(Map.of(DeadLetterReason.TOO_MANY_CHANNELS, 4_901L), byReason(letters));
    assertTrue(letters.get(0).getDetail().contains("turnwise.channels.max"));
  }

  @Test
  void shouldTakeNewCallsAgainWhenOthersAreForgotten() {
    try (Driven driven =
        Driven.open(Map.of(TurnwiseSettings.CHANNELS_MAX, "2", TurnwiseSettings.FORGET, "60000"))) {
      // Given
      send(driven, Driven.chunk("a", 0));
      send(driven, Driven.chunk("b", 0));
      send(driven, Driven.chunk("c", 0));

      // When
      driven.pass(Duration.ofSeconds(61));
      send(driven, Driven.chunk("c", 0));
      send(driven, Driven.chunk("d", 0));
      send(driven, Driven.chunk("e", 0));

      // Then
      List<DeadLetter> letters = driven.deadLetters.readValuesToList();
      assertEquals(List.of(2L, 5L), letters.stream().map(DeadLetter::getOffset).toList());
    }
  }

  @Test
  void shouldForgetEveryCallOfAClientThatOpensOneAChunk() {
    try (Driven driven = Driven.open(Map.of(TurnwiseSettings.FORGET, "60000"))) {
      // Given
      for (int call = 0; call < 300; call++) {
        send(driven, Driven.chunk("call-" + call, call % 3));
      }

      // When
      driven.pass(Duration.ofSeconds(61));

      // Then
      for (String store : STORES) {
        assertEquals(0, entries(driven, store), store);
      }
      assertEquals(0, driven.counter("segment", "channels"));
    }
  }

  @Test
  void shouldHearTheRestOfAChunkAtTheLastPositionThereIs() {
    // When
    long last = 1L << 40;
    List<DeadLetter> letters =
        attack(
            driven -> {
              send(driven, Driven.chunk("late", last).setPayload(silence(160)));
              send(driven, Driven.chunk("late", last).setPayload(silence(320)));
              send(
                  driven,
                  Driven.chunk("late", last)
                      .setSampleRate(48_000)
                      .setPayload(silence(320))
                      .setLast(true));
            });

    // Then
    assertEquals(Map.of(), byReason(letters));
  }

  @Test
  void shouldPutAsideHugeAndForeignIds() {
    // When
    List<DeadLetter> letters =
        attack(
            driven -> {
              String huge = "x".repeat(1 << 20);
              driven.audio.pipeInput(huge, Driven.chunk(huge, 0).build());
              driven.audio.pipeInput(huge, Driven.chunk("x", 0).build());
              driven.audio.pipeInput(null, Driven.chunk("x", 0).build());
              driven.audio.pipeInput("", Driven.chunk("", 0).build());
              driven.audio.pipeInput("other", Driven.chunk(GOOD, 0).build());
            });

    // Then their ids are in no sentence
    assertEquals(Map.of(DeadLetterReason.INVALID_FIELD, 5L), byReason(letters));
    letters.forEach(letter -> assertTrue(letter.getDetail().length() < 200, letter::getDetail));
  }

  @Test
  void shouldWriteNoHugeKeyIntoTheDeadLetters() {
    try (Driven driven = Driven.open()) {
      // When: a chunk and bytes that are none, under keys that came compressed
      String huge = "x".repeat(3 << 20);
      driven.audio.pipeInput(huge, Driven.chunk("x", 0).build());
      driven.rawAudio.pipeInput(huge, new byte[] {1, 2, 3});
      driven.audio.pipeInput("known", Driven.chunk("x", 0).build());

      // Then
      List<KeyValue<String, DeadLetter>> letters = driven.deadLetters.readKeyValuesToList();
      assertEquals(List.of("", "", "known"), letters.stream().map(letter -> letter.key).toList());
      assertEquals(
          Map.of(DeadLetterReason.INVALID_FIELD, 2L, DeadLetterReason.UNDECODABLE, 1L),
          byReason(letters.stream().map(letter -> letter.value).toList()));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', '', 1047552",
    "100000, '', 98976",
    "6000000, '', 5760000",
    "6000000, 2000000, 1998976",
  })
  void shouldPutAsideChunksThatTheChangelogDoesNotTake(String request, String message, int most) {
    // Given
    Map<String, String> settings = new HashMap<>();
    if (!request.isEmpty()) {
      settings.put("producer.max.request.size", request);
    }
    if (!message.isEmpty()) {
      settings.put("topic.max.message.bytes", message);
    }

    // When: a minute at 48 kHz is 5,760,000 bytes
    List<DeadLetter> letters =
        attack(
            settings,
            driven -> {
              AudioChunk.Builder chunk =
                  Driven.chunk("loud", 0).setEncoding(Encoding.PCM_S16LE).setSampleRate(48_000);
              send(driven, chunk.setPayload(ByteBuffer.allocate(most + 2)));
              assertEquals(0, entries(driven, "segment-channels") - 1);
              send(driven, chunk.setPayload(ByteBuffer.allocate(most)));
              assertEquals(1, entries(driven, "segment-channels") - 1);
            });

    // Then
    assertEquals(Map.of(DeadLetterReason.PAYLOAD_TOO_LARGE, 1L), byReason(letters));
  }

  @Test
  void shouldKeepACallApartFromOthersWhoseIdsBeginLikeIts() {
    // When: ids whose keys in the stores begin as the good call's do
    List<DeadLetter> letters =
        attack(
            driven -> {
              for (String tail : List.of("\u0000", "\u0000c\u0000", "\u0000v", "\u0001", "d")) {
                for (long at = 0; at < 40_000; at += 8_000) {
                  send(driven, Driven.chunk(GOOD + tail, at).setPayload(silence(8_000)));
                }
              }
            });

    // Then
    assertEquals(Map.of(), byReason(letters));
  }

  @Test
  void shouldHearAChannelThatContradictsItself() {
    // Given a call whose chunks overlap, change rate and coding, end early and go on
    Random random = new Random(11);
    List<AudioChunk> chunks = new ArrayList<>();
    chunks.add(Driven.chunk("liar", 1_600).setLast(true).setPayload(silence(0)).build());
    chunks.add(Driven.chunk("liar", 0).setPayload(silence(4_000)).build());
    for (int i = 0; i < 400; i++) {
      chunks.add(
          Driven.chunk("liar-" + i % 5, random.nextInt(20_000))
              .setSampleRate(8_000 + random.nextInt(40_001))
              .setEncoding(Encoding.values()[random.nextInt(3)])
              .setPayload(silence(2 * random.nextInt(1, 4_000)))
              .setLast(random.nextInt(50) == 0)
              .build());
    }

    // When
    List<DeadLetter> letters = attack(driven -> driven.play(chunks));

    // Then
    for (DeadLetter letter : letters) {
      assertTrue(
          List.of(DeadLetterReason.LATE, DeadLetterReason.AFTER_LAST).contains(letter.getReason()),
          letter::toString);
    }
  }

  @Test
  void shouldTakeTheFirstOfChunksThatContradictEachOther() {
    // Given
    AudioChunk first = Driven.chunk("twice", 0).setPayload(silence(8_000)).build();
    AudioChunk other =
        Driven.chunk("twice", 0).setPayload(ByteBuffer.wrap(new byte[8_000])).build();

    // When
    double[] duplicates = new double[1];
    attack(
        driven -> {
          driven.play(List.of(first, other));
          duplicates[0] = driven.counter("segment", "duplicates-total");
        });

    // Then
    assertEquals(1, duplicates[0]);
  }

  @Test
  void shouldPutAsideChunksOfNoByteOfHalfASampleAndOfMoreThanAMinute() {
    // When: 0 bytes; an odd number; a minute, which is allowed; a byte more
    List<DeadLetter> letters =
        attack(
            driven -> {
              send(driven, Driven.chunk("sizes", 0).setPayload(silence(0)));
              send(
                  driven,
                  Driven.chunk("sizes", 0)
                      .setEncoding(Encoding.PCM_S16LE)
                      .setPayload(silence(321)));
              send(driven, Driven.chunk("sizes", 0).setPayload(silence(480_000)));
              send(driven, Driven.chunk("sizes", 480_000).setPayload(silence(480_001)));
            });

    // Then
    assertEquals(
        Map.of(
            DeadLetterReason.INVALID_FIELD,
            1L,
            DeadLetterReason.PAYLOAD_ODD,
            1L,
            DeadLetterReason.PAYLOAD_TOO_LARGE,
            1L),
        byReason(letters));
  }

  @Test
  void shouldHearCallsCapturedAtAnyTimeAndBackwards() {
    // When
    List<DeadLetter> letters =
        attack(
            driven -> {
              List<Instant> times =
                  List.of(
                      Instant.EPOCH,
                      Instant.parse("9999-12-31T23:59:59.999Z"),
                      Instant.ofEpochMilli(Long.MAX_VALUE),
                      Instant.ofEpochMilli(Long.MIN_VALUE),
                      Driven.CAPTURED.minusSeconds(1));
              for (int i = 0; i < 20; i++) {
                send(
                    driven,
                    Driven.chunk("times", i * 8_000L)
                        .setCapturedAt(times.get(i % times.size()))
                        .setPayload(
                            ByteBuffer.wrap(Driven.sampleCall().channel(0), i * 8_000, 8_000)
                                .slice()));
              }
              driven.audio.pipeInput("times", Driven.chunk("times", 160_000).build(), 0L);
              driven.audio.pipeInput(
                  "times", Driven.chunk("times", 160_160).build(), 253_402_300_799_999L);
            });

    // Then
    assertEquals(Map.of(), byReason(letters));
  }

  @Test
  void shouldTakeTheTimeOfThePartitionForARecordWithoutATime() {
    // Given
    TimeOfRecord times = new TimeOfRecord();

    // Then
    assertEquals(5, times.extract(at(5), 9));
    assertEquals(9, times.extract(at(-1), 9));
    assertEquals(0, times.extract(at(-1), -1));
  }

  private static org.apache.kafka.clients.consumer.ConsumerRecord<Object, Object> at(long time) {
    return new org.apache.kafka.clients.consumer.ConsumerRecord<>(
        "audio-chunks",
        0,
        0,
        time,
        org.apache.kafka.common.record.TimestampType.CREATE_TIME,
        0,
        0,
        "key",
        "value",
        new RecordHeaders(),
        java.util.Optional.empty());
  }

  @Test
  void shouldHandOnNoHeaders() {
    try (Driven driven = Driven.open()) {
      // Given
      RecordHeaders headers = new RecordHeaders();
      for (int i = 0; i < 10_000; i++) {
        headers.add("header-" + i, new byte[100]);
      }

      // When
      for (AudioChunk chunk : good()) {
        driven.audio.pipeInput(new TestRecord<>(GOOD, chunk, headers, Driven.CAPTURED));
      }
      driven.audio.pipeInput(
          new TestRecord<>("x", Driven.chunk("x", -1).build(), headers, Driven.CAPTURED));

      // Then
      List<TestRecord<String, ?>> published = new ArrayList<>();
      published.addAll(driven.embeddings.readRecordsToList());
      published.addAll(driven.changes.readRecordsToList());
      published.addAll(driven.deadLetters.readRecordsToList());
      assertTrue(published.size() > 10);
      published.forEach(record -> assertEquals(0, record.headers().toArray().length));
    }
  }

  @Test
  void shouldKeepNoEnrolledVoiceThatCannotBeCompared() {
    // Given
    EnrolledVoice.Builder voice =
        EnrolledVoice.newBuilder()
            .setSpeakerId("v")
            .setVector(List.of(1f, 2f))
            .setModel("m")
            .setModelFingerprint("ab".repeat(32))
            .setEnrolledAt(Driven.CAPTURED);
    String huge = "v".repeat(70_000);

    // When
    double[] refused = new double[1];
    long[] kept = new long[1];
    attack(
        driven -> {
          for (List<Float> vector :
              List.of(
                  List.<Float>of(),
                  List.of(0f, 0f),
                  List.of(Float.NaN, 1f),
                  List.of(Float.POSITIVE_INFINITY, 1f),
                  Collections.nCopies(65_537, 1f))) {
            driven.voices.pipeInput("v", voice.setVector(vector).build());
          }
          voice.setVector(List.of(1f, 2f));
          driven.voices.pipeInput("other", voice.build());
          driven.voices.pipeInput(huge, voice.setSpeakerId(huge).build());
          driven.voices.pipeInput(
              "v", voice.setSpeakerId("v").setModelFingerprint("a".repeat(70_000)).build());
          driven.voices.pipeInput("nobody", (EnrolledVoice) null);
          refused[0] = driven.counter("speaker-registry", "refused-total");
          kept[0] = entries(driven, "speaker-registry");
        });

    // Then
    assertEquals(8, refused[0]);
    assertEquals(0, kept[0]);
  }

  @Test
  void shouldHearCallsWhileManyVoicesAreEnrolled() {
    // When: of another model, so that they change nothing
    long[] kept = new long[1];
    attack(
        driven -> {
          for (int i = 0; i < 5_000; i++) {
            driven.voices.pipeInput(
                "voice-" + i,
                EnrolledVoice.newBuilder()
                    .setSpeakerId("voice-" + i)
                    .setVector(Collections.nCopies(256, i + 1f))
                    .setModel("m")
                    .setModelFingerprint("ab".repeat(32))
                    .setEnrolledAt(Driven.CAPTURED)
                    .build());
          }
          kept[0] = entries(driven, "speaker-registry");
        });

    // Then
    assertEquals(5_000, kept[0]);
  }

  @Test
  void shouldPublishNoEmbeddingThatIsNotFinite() {
    // Given a model that divides the gate's decisions by themselves: 0/0 where nobody speaks
    byte[] file =
        new OnnxBytes()
            .input("fbank", "batch", "num_frames", 80)
            .input("weights", "batch", "num_weights")
            .output("embedding", "batch", 150)
            .node("Div", "embedding", "weights", "weights")
            .file();
    Model model =
        new Model("nan", "0".repeat(64), InputKind.FEATURES_AND_WEIGHTS, 80, 150, 0.5f, file);
    try (Driven driven = Driven.open(model, Map.of("turnwise.provider", "cpu"))) {
      // When
      driven.play(Driven.sampleChunks("call-1").subList(0, CHUNKS));

      // Then
      List<DeadLetter> letters = driven.deadLetters.readValuesToList();
      assertFalse(letters.isEmpty());
      assertEquals(
          Map.of(DeadLetterReason.EMBEDDING_FAILED, (long) letters.size()), byReason(letters));
      for (SpeakerEmbedding embedding : driven.embeddings.readValuesToList()) {
        embedding.getVector().forEach(value -> assertTrue(Float.isFinite(value)));
      }
      assertEquals(letters.size(), driven.counter("embed", "failed-total"));
    }
  }
}
