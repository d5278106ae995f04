package io.turnwise.app.endtoend;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import io.turnwise.avro.AudioChunk;
import io.turnwise.avro.EnrolledVoice;
import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.ModelCatalog;
import io.turnwise.testing.Shared;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/**
 * One run of the production topology on a real broker and a real registry server, looked at from
 * all sides. Everything is played before the first test, as calls of the same broker:
 *
 * <ul>
 *   <li>{@code sample}: the sample call that ships, 8 kHz mu-law in 20 ms chunks, alone
 *   <li>{@code clean} and {@code again}: one recording in 20 ms chunks, twice
 *   <li>{@code coarse}: the same recording in chunks of 300 KiB
 *   <li>{@code poisoned}: the same recording with unusable records of the same key among its chunks
 *   <li>{@code resumed}: the same recording, the application stopped and started in its midst
 *   <li>{@code enrolled}: the same recording after one of its voices was enrolled
 * </ul>
 */
@TestInstance(Lifecycle.PER_CLASS)
class EndToEndTest {
  private static final String ENROLLED = "voice-0042";
  private static final int COARSE_BYTES = 300 * 1024;
  private static final double CHANGELOG_LIMIT = 1.3;

  private Backbone backbone;
  private LiveApplication application;
  private Model model;
  private CallAudio recording;
  private CallAudio sample;
  private List<Poison> poison;
  private Future<RecordMetadata> timeless;
  private Map<String, Long> changelogOfSample;
  private Map<String, Long> changelogOfRest;
  private long payloadOfRest;
  private Map<String, List<GenericRecord>> changes;
  private Map<String, List<GenericRecord>> embeddings;
  private List<ConsumerRecord<String, Object>> deadLetters;

  @BeforeAll
  void play(@TempDir Path state) throws Exception {
    Path root = Shared.projectRoot();
    model = ModelCatalog.of(root).find(ModelCatalog.DEFAULT);
    sample = CallAudio.read(root.resolve("samples/sample-call.wav"));
    Path beside = root.resolveSibling("shared/audio/telephone/two-speakers.wav");
    recording = Files.exists(beside) ? CallAudio.read(beside) : sample;
    backbone = Backbone.start();
    application = new LiveApplication(backbone, model, state);
    System.out.println("end to end: model " + model.name() + ", recording " + recording.name());

    application.play(List.of(sample.chunks("sample")));
    changelogOfSample = application.changelogBytes();

    poison = poison();
    sendPoisonedCall();
    List<AudioChunk> resumed = recording.chunks("resumed");
    List<List<AudioChunk>> calls =
        List.of(
            recording.chunks("clean"),
            recording.chunks("again"),
            recording.chunksOf("coarse", COARSE_BYTES),
            resumed.subList(0, resumed.size() / 2));
    application.play(calls);
    application.restart();
    application.play(List.of(resumed.subList(resumed.size() / 2, resumed.size())));
    payloadOfRest = (calls.size() + 1L) * recording.samples().length;
    changelogOfRest = application.changelogBytes();
    changelogOfSample.forEach((store, bytes) -> changelogOfRest.merge(store, -bytes, Long::sum));

    application.enrol(voiceHeardLongest());
    application.play(List.of(recording.chunks("enrolled")));

    changes = byCall(read(application.settings().speakerChanges()));
    embeddings = byCall(read(application.settings().speakerEmbeddings()));
    deadLetters = read(application.settings().deadLetters());
  }

  @AfterAll
  void stop() throws Exception {
    try {
      if (application != null) {
        application.close();
      }
    } finally {
      if (backbone != null) {
        backbone.close();
      }
    }
  }

  @Test
  void shouldPublishEmbeddingsThatAnyConfluentConsumerDecodes() {
    // Then
    List<GenericRecord> published = embeddings.get("clean");
    assertFalse(published == null || published.isEmpty());
    for (GenericRecord embedding : published) {
      assertEquals(model.dimension(), ((List<?>) embedding.get("vector")).size());
      assertEquals(model.fingerprint(), embedding.get("modelFingerprint").toString());
      assertEquals(1500L, (long) embedding.get("endMillis") - (long) embedding.get("startMillis"));
      assertTrue((int) embedding.get("speechMillis") >= application.settings().speechMinMillis());
    }
  }

  @Test
  void shouldPublishEmbeddingsInTheOrderOfTheirSegments() {
    embeddings.forEach(
        (call, published) -> {
          List<Long> segments = published.stream().map(e -> (long) e.get("segment")).toList();
          assertEquals(segments.stream().sorted().distinct().toList(), segments, call);
        });
  }

  @Test
  void shouldFindTwoSpeakersAtLeast() {
    for (String call : List.of("clean", "sample")) {
      assertTrue(speakers(call).size() >= 2, () -> call + ": " + speakers(call));
    }
  }

  @Test
  void shouldNumberTheChangesOfACallWithoutHoles() {
    changes.forEach(
        (call, published) -> {
          List<Long> revisions = published.stream().map(c -> (long) c.get("revision")).toList();
          assertEquals(
              Stream.iterate(1L, n -> n + 1).limit(published.size()).toList(), revisions, call);
        });
  }

  @Test
  void shouldNameASpeakerAgainOnlyWhereItWasTentativeBefore() {
    changes.forEach(
        (call, published) -> {
          assertNull(published.get(0).get("previousSpeaker"), call);
          List<GenericRecord> turns =
              published.stream()
                  .filter(change -> "CHANGED".equals(change.get("type").toString()))
                  .toList();
          for (int i = 1; i < turns.size(); i++) {
            GenericRecord before = turns.get(i - 1);
            GenericRecord change = turns.get(i);
            assertTrue(
                (boolean) before.get("tentative")
                    || !change.get("speaker").equals(before.get("speaker")),
                () -> call + ": " + change);
          }
        });
  }

  @Test
  void shouldGiveEachChangeAnIdOfItsOwn() {
    List<String> ids =
        changes.values().stream()
            .flatMap(List::stream)
            .map(change -> change.get("eventId").toString())
            .toList();
    assertEquals(ids.size(), Set.copyOf(ids).size());
  }

  @Test
  void shouldGiveEqualEventsWhenTheSameInputComesAgain() {
    assertSameEvents("clean", "again");
  }

  @Test
  void shouldGiveEqualEventsWhenTheSameInputComesIn300KibChunks() {
    assertSameEvents("clean", "coarse");
  }

  @Test
  void shouldGiveEqualEventsWhenTheApplicationStartsAnewInTheMidstOfACall() {
    assertSameEvents("clean", "resumed");
  }

  @Test
  void shouldLeaveTheEventsOfACallAloneWhenUnusableRecordsComeBetween() {
    assertSameEvents("clean", "poisoned");
  }

  @Test
  void shouldPutEachUnusableRecordAsideWithPlaceReasonAndDigest() throws Exception {
    // Given
    List<String> expected = new ArrayList<>();
    for (Poison one : poison) {
      RecordMetadata sent = one.sent().get();
      byte[] content = one.digested();
      expected.add(
          String.join(
              " ",
              "poisoned",
              sent.topic(),
              sent.partition() + "@" + sent.offset(),
              Long.toString(sent.timestamp()),
              one.reason(),
              content.length == 0 ? "" : sha256(content),
              Integer.toString(content.length)));
    }

    // When
    List<String> found =
        deadLetters.stream()
            .map(
                letter -> {
                  GenericRecord value = (GenericRecord) letter.value();
                  return String.join(
                      " ",
                      letter.key(),
                      value.get("topic").toString(),
                      value.get("partition") + "@" + value.get("offset"),
                      value.get("timestamp").toString(),
                      value.get("reason").toString(),
                      value.get("digest").toString(),
                      value.get("bytes").toString());
                })
            .toList();

    // Then
    assertEquals(String.join("\n", expected), String.join("\n", found));
  }

  @Test
  void shouldGoOnWhereARecordHasNoTimestamp() throws Exception {
    // Then the broker has it without one, and it was taken: all that came after it was heard
    assertFalse(timeless.get().hasTimestamp());
    assertFalse(deadLetters.stream().anyMatch(letter -> "timeless".equals(letter.key())));
  }

  @Test
  void shouldKeepAudioOutOfDeadLetters() {
    assertEquals(poison.size(), deadLetters.size());
    for (ConsumerRecord<String, Object> letter : deadLetters) {
      assertTrue(letter.serializedValueSize() < 600, letter.value()::toString);
      assertEquals(0, letter.headers().toArray().length);
      assertFalse(
          letter.value().toString().contains(Poison.MARK), () -> "content in " + letter.value());
    }
  }

  @Test
  void shouldNameAnEnrolledVoiceWhenItSpeaks() {
    // Given
    assertFalse(speakers("clean").contains(ENROLLED));

    // When
    List<GenericRecord> named =
        changes.get("enrolled").stream()
            .filter(change -> ENROLLED.equals(String.valueOf(change.get("speaker"))))
            .toList();

    // Then
    assertFalse(named.isEmpty(), () -> "speakers: " + speakers("enrolled"));
    named.forEach(
        change -> {
          assertEquals(true, change.get("enrolled"));
          assertEquals("MATCH", change.get("decision").toString());
        });
  }

  @Test
  void shouldBeReadByTheConsumerExampleInJavaScript() throws Exception {
    // Given
    Path example = Shared.projectRoot().resolve("docs/consumers/javascript");
    assumeTrue(
        Files.isDirectory(example.resolve("node_modules")),
        () -> "skipped: `npm ci --ignore-scripts` was not run in " + example);
    long events = changes.values().stream().mapToLong(List::size).sum();
    long expected = 2 * events + embeddings.values().stream().mapToLong(List::size).sum();

    // When
    ProcessBuilder node = new ProcessBuilder("node", "consume.js").directory(example.toFile());
    node.environment().put("BOOTSTRAP_SERVERS", backbone.bootstrapServers());
    node.environment().put("SCHEMA_REGISTRY_URL", backbone.registryUrl());
    List<String> lines = new ArrayList<>();
    Process process = node.redirectErrorStream(true).start();
    // Ends the reading below where fewer lines come than should.
    CompletableFuture.delayedExecutor(90, TimeUnit.SECONDS).execute(process::destroyForcibly);
    try (BufferedReader output = process.inputReader()) {
      String line = output.readLine();
      while (line != null && lines.add(line) && lines.size() < expected) {
        line = output.readLine();
      }
    } finally {
      process.destroyForcibly();
    }

    // Then
    Files.write(Shared.projectRoot().resolve("app/target/consumer-example.txt"), lines);
    assertEquals(expected, lines.size(), () -> String.join("\n", lines));
    for (String line : lines) {
      assertTrue(line.matches("(change|answer|embedding) .*"), line);
    }
    changes.forEach(
        (call, published) ->
            assertTrue(
                lines.stream()
                    .anyMatch(
                        line ->
                            line.startsWith(
                                "answer     call " + call + "  #" + published.size() + "  ")),
                () -> "no answer with all events of " + call));
  }

  @Test
  void shouldWriteTheAudioToItsChangelogHardlyMoreThanOnce() {
    assertChangelog("8 kHz mu-law in 20 ms chunks", changelogOfSample, sample.samples().length);
    assertChangelog("all encodings and sizes played", changelogOfRest, payloadOfRest);
  }

  private static void assertChangelog(String what, Map<String, Long> bytes, long payload) {
    // Given
    Map<String, Long> segmentStage = new LinkedHashMap<>();
    bytes.forEach(
        (store, size) -> {
          System.out.printf(
              "changelog bytes per audio byte, %s: %s %.3f%n",
              what, store, (double) size / payload);
          if (store.startsWith("segment-")) {
            segmentStage.put(store, size);
          }
        });
    long total = segmentStage.values().stream().mapToLong(Long::longValue).sum();

    // Then
    System.out.printf(
        "changelog bytes per audio byte, %s: segment stage in all %.3f%n",
        what, (double) total / payload);
    assertTrue(total >= payload / 2, () -> "hardly anything is logged: " + segmentStage);
    assertTrue(
        total <= CHANGELOG_LIMIT * payload,
        () -> what + ": " + segmentStage + " for " + payload + " bytes of audio");
  }

  private void assertSameEvents(String expected, String actual) {
    assertFalse(changes.get(expected).isEmpty());
    assertEquals(withoutIds(embeddings.get(expected)), withoutIds(embeddings.get(actual)));
    assertEquals(withoutIds(changes.get(expected)), withoutIds(changes.get(actual)));
  }

  private static String withoutIds(List<GenericRecord> records) {
    Objects.requireNonNull(records, "no events");
    return records.stream()
        .map(
            record -> {
              Map<String, Object> fields = new LinkedHashMap<>();
              record
                  .getSchema()
                  .getFields()
                  .forEach(f -> fields.put(f.name(), record.get(f.pos())));
              fields.keySet().removeAll(Set.of("call", "eventId"));
              return fields.toString();
            })
        .collect(Collectors.joining("\n"));
  }

  private Set<String> speakers(String call) {
    return changes.getOrDefault(call, List.of()).stream()
        .map(change -> change.get("speaker"))
        .filter(Objects::nonNull)
        .map(Object::toString)
        .collect(Collectors.toSet());
  }

  /** The recording as a call, an unusable record of the same key after every tenth chunk or so. */
  private void sendPoisonedCall() {
    List<AudioChunk> chunks = recording.chunks("poisoned");
    int next = 0;
    for (int i = 0; i < chunks.size(); i++) {
      application.send("poisoned", application.bytesOf(chunks.get(i)));
      if (i >= 100 && i % 10 == 0 && next < poison.size()) {
        Poison one = poison.get(next);
        poison.set(next++, one.sentAs(application.send("poisoned", one.value())));
      }
    }
    assertEquals(poison.size(), next, "the recording is too short for all of them");
    timeless =
        application.sendWithoutTime(
            "timeless", application.bytesOf(recording.chunks("timeless").get(0)));
  }

  /**
   * A record that cannot be used.
   *
   * @param reason why, as its dead letter must say
   * @param digested what the dead letter's digest must be taken over
   */
  private record Poison(byte[] value, String reason, byte[] digested, Future<RecordMetadata> sent) {
    /** Stands in every poisonous payload, so that it can be looked for. */
    static final String MARK = "spoken-in-confidence";

    static Poison of(byte[] value, String reason, byte[] digested) {
      return new Poison(value, reason, digested, null);
    }

    Poison sentAs(Future<RecordMetadata> metadata) {
      return new Poison(value, reason, digested, metadata);
    }
  }

  private List<Poison> poison() throws Exception {
    byte[] mark = Poison.MARK.getBytes(StandardCharsets.UTF_8);
    byte[] even = Arrays.copyOf(mark, 320);
    byte[] odd = Arrays.copyOf(mark, 321);
    byte[] tooLong = Arrays.copyOf(mark, 61 * 8000);
    byte[] noise = Arrays.copyOf(mark, 500);
    new Random(7).nextBytes(noise);
    byte[] framedNoise = noise.clone();
    byte[] good = application.bytesOf(recording.chunk("poisoned", 0, 0, even).build());
    System.arraycopy(good, 0, framedNoise, 0, 5);
    byte[] cut = Arrays.copyOf(good, good.length / 2);
    byte[] unknownEncoding = withUnknownEncoding(even);
    List<Poison> all = new ArrayList<>();
    byte[] deep = withEndlessNesting(even);
    for (byte[] bytes :
        List.of(new byte[0], mark, noise, framedNoise, cut, unknownEncoding, deep)) {
      all.add(Poison.of(bytes, "UNDECODABLE", bytes));
    }
    all.add(Poison.of(null, "INVALID_FIELD", new byte[0]));
    AudioChunk.Builder chunk = recording.chunk("poisoned", 1, 0, even);
    all.add(unusable(chunk.setPosition(-1).build(), "INVALID_FIELD"));
    all.add(unusable(chunk.setPosition(0).setSampleRate(7999).build(), "INVALID_FIELD"));
    all.add(unusable(chunk.setSampleRate(8000).setChannel(256).build(), "INVALID_FIELD"));
    all.add(unusable(chunk.setChannel(0).setCallId("another").build(), "INVALID_FIELD"));
    chunk.setCallId("poisoned");
    all.add(unusable(chunk.setPayload(ByteBuffer.allocate(0)).build(), "INVALID_FIELD"));
    chunk.setEncoding(io.turnwise.avro.Encoding.PCM_S16LE);
    all.add(unusable(chunk.setPayload(ByteBuffer.wrap(odd)).build(), "PAYLOAD_ODD"));
    chunk.setEncoding(io.turnwise.avro.Encoding.MULAW);
    all.add(unusable(chunk.setPayload(ByteBuffer.wrap(tooLong)).build(), "PAYLOAD_TOO_LARGE"));
    return all;
  }

  private Poison unusable(AudioChunk chunk, String reason) {
    ByteBuffer payload = chunk.getPayload().duplicate();
    byte[] bytes = new byte[payload.remaining()];
    payload.get(bytes);
    return Poison.of(application.bytesOf(chunk), reason, bytes);
  }

  /** A chunk as a source with a newer schema would write it. */
  private byte[] withUnknownEncoding(byte[] payload) throws IOException {
    AudioChunk chunk = recording.chunk("poisoned", 2, 0, payload).build();
    Schema newer =
        new Schema.Parser()
            .parse(chunk.getSchema().toString().replace("\"ALAW\"]", "\"ALAW\",\"OPUS\"]"));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    new SpecificDatumWriter<>(AudioChunk.class).write(chunk, encoder);
    GenericRecord record =
        new GenericDatumReader<GenericRecord>(chunk.getSchema(), newer)
            .read(null, DecoderFactory.get().binaryDecoder(bytes.toByteArray(), null));
    record.put("encoding", new GenericData.EnumSymbol(newer.getField("encoding").schema(), "OPUS"));
    try (KafkaAvroSerializer serializer = new KafkaAvroSerializer()) {
      serializer.configure(Map.of("schema.registry.url", backbone.registryUrl()), false);
      return serializer.serialize(application.settings().audioChunks(), record);
    }
  }

  /** A chunk with a field more, of a type that holds itself, half a million times over. */
  private byte[] withEndlessNesting(byte[] payload) throws IOException {
    AudioChunk chunk = recording.chunk("poisoned", 2, 0, payload).build();
    String known = chunk.getSchema().toString().replace("\"ALAW\"]", "\"ALAW\",\"OPUS\"]");
    Schema recursive =
        new Schema.Parser()
            .parse(
                known.substring(0, known.lastIndexOf(']'))
                    + ",{\"name\":\"link\",\"default\":null,\"type\":[\"null\",{\"type\":\"record\","
                    + "\"name\":\"Link\",\"fields\":[{\"name\":\"next\",\"default\":null,"
                    + "\"type\":[\"null\",\"Link\"]}]}]}]}");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    new SpecificDatumWriter<>(AudioChunk.class).write(chunk, encoder);
    bytes.write(0);
    GenericRecord record =
        new GenericDatumReader<GenericRecord>(recursive)
            .read(null, DecoderFactory.get().binaryDecoder(bytes.toByteArray(), null));
    try (KafkaAvroSerializer serializer = new KafkaAvroSerializer()) {
      serializer.configure(Map.of("schema.registry.url", backbone.registryUrl()), false);
      byte[] flat = serializer.serialize(application.settings().audioChunks(), record);
      byte[] nested = Arrays.copyOf(flat, flat.length + 500_000);
      Arrays.fill(nested, flat.length - 1, nested.length - 1, (byte) 2);
      return nested;
    }
  }

  /** The voice that holds most of the clean call, as the mean of its embeddings' directions. */
  private EnrolledVoice voiceHeardLongest() throws ExecutionException, InterruptedException {
    List<GenericRecord> turns = byCall(read(application.settings().speakerChanges())).get("clean");
    Map<String, List<GenericRecord>> bySpeaker =
        byCall(read(application.settings().speakerEmbeddings())).get("clean").stream()
            .collect(groupingBy(embedding -> speakerOf(embedding, turns)));
    bySpeaker.remove("");
    List<GenericRecord> heard =
        bySpeaker.values().stream()
            .max((a, b) -> Integer.compare(a.size(), b.size()))
            .orElseThrow(() -> new AssertionError("nobody holds a whole segment: " + turns));
    double[] sum = new double[model.dimension()];
    for (GenericRecord embedding : heard) {
      List<?> vector = (List<?>) embedding.get("vector");
      double norm =
          Math.sqrt(vector.stream().mapToDouble(v -> (float) v * (double) (float) v).sum());
      for (int i = 0; i < sum.length; i++) {
        sum[i] += (float) vector.get(i) / norm;
      }
    }
    return EnrolledVoice.newBuilder()
        .setSpeakerId(ENROLLED)
        .setVector(Arrays.stream(sum).mapToObj(value -> (float) value).collect(toList()))
        .setModel(model.name())
        .setModelFingerprint(model.fingerprint())
        .setSpeechMillis(heard.stream().mapToLong(e -> (int) e.get("speechMillis")).sum())
        .setEnrolledAt(Instant.parse("2026-01-01T00:00:00Z"))
        .build();
  }

  /** Who holds the whole segment by the changes; empty for nobody or more than one. */
  private static String speakerOf(GenericRecord embedding, List<GenericRecord> turns) {
    String holder = "";
    for (GenericRecord turn : turns) {
      long at = (long) turn.get("atMillis");
      if (at <= (long) embedding.get("startMillis")) {
        holder = turn.get("speaker") == null ? "" : turn.get("speaker").toString();
      } else if (at < (long) embedding.get("endMillis")) {
        return "";
      }
    }
    return holder;
  }

  /** With Confluent's deserializer as it comes, which knows none of our classes. */
  private List<ConsumerRecord<String, Object>> read(String topic)
      throws ExecutionException, InterruptedException {
    try (KafkaAvroDeserializer confluent = new KafkaAvroDeserializer()) {
      confluent.configure(Map.of("schema.registry.url", backbone.registryUrl()), false);
      return application.records().of(List.of(topic), confluent);
    }
  }

  private static Map<String, List<GenericRecord>> byCall(
      List<ConsumerRecord<String, Object>> records) {
    return records.stream()
        .collect(
            groupingBy(
                ConsumerRecord::key,
                Collectors.mapping(record -> (GenericRecord) record.value(), toList())));
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
