package io.turnwise.topology;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.avro.AudioChunk;
import io.turnwise.avro.DeadLetter;
import io.turnwise.avro.DeadLetterReason;
import io.turnwise.avro.EnrolledVoice;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.avro.SpeechSpan;
import io.turnwise.inference.model.ModelCatalog;
import io.turnwise.serdes.AvroSerdes;
import io.turnwise.testing.Shared;
import io.turnwise.topology.silence.InputProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class FromEmbeddingsTest {
  private static final String CALL = "call-1";
  private static final Map<String, String> FORGETFUL =
      Map.of("turnwise.idle.ms", "2000", "turnwise.forget.ms", "10000");

  /** The sample call by the whole topology. */
  private static Whole sample;

  /** A call of two channels by the whole topology. They do not end. */
  private static Whole pair;

  /** What a run of the whole topology read and published. */
  private record Whole(
      List<SpeakerEmbedding> embeddings, List<byte[]> changes, Map<String, Object> registry) {
    static Whole of(List<AudioChunk> chunks) {
      try (Driven driven = Driven.open()) {
        driven.play(chunks);
        assertEquals(0, driven.deadLetters.getQueueSize());
        return new Whole(
            driven.embeddings.readValuesToList(),
            driven.published("speaker-changes"),
            driven.registry());
      }
    }

    List<SpeakerChange> readChanges() {
      return changes.stream()
          .map(
              bytes ->
                  AvroSerdes.forValue(SpeakerChange.class, registry)
                      .deserializer()
                      .deserialize("speaker-changes", bytes))
          .toList();
    }
  }

  @BeforeAll
  static void playTheSampleCall() {
    sample = Whole.of(Driven.sampleChunks(CALL));
    pair = Whole.of(twoChannels(false));
    assertTrue(sample.changes().size() >= 4, () -> sample.changes().size() + " changes");
  }

  @AfterAll
  static void forgetTheSampleCall() {
    sample = null;
    pair = null;
  }

  @Test
  void shouldBeDescribedByTheGoldenFile() throws IOException {
    // Given
    Path golden =
        Shared.projectRoot()
            .resolve("topology/src/test/resources/topology-from-embeddings.golden.txt");

    // When
    String described;
    try (DrivenFromEmbeddings driven = open(Map.of())) {
      described = driven.describe();
    }

    // Then; -Dturnwise.rewrite=true writes it anew: a renamed store is a migration
    if (Boolean.getBoolean("turnwise.rewrite")) {
      Files.writeString(golden, described);
    }
    assertEquals(Files.readString(golden), described);
  }

  @Test
  void shouldPublishTheSameBytesAsTheWholeTopology() {
    // Given a call whose end says nothing that was not said before
    try (DrivenFromEmbeddings driven = open(Map.of())) {
      // When
      List<byte[]> changes = driven.play(sample.embeddings()).rest().publishedChanges();

      // Then
      assertSameBytes(sample.changes(), changes, "sample call");
      assertEquals(0, driven.deadLetters.getQueueSize());
    }
  }

  @Test
  void shouldPublishTheSameBytesWhenTheCallHasTwoChannels() {
    // Given channels that do not end: their ends are not among the embeddings

    // When
    try (DrivenFromEmbeddings driven = DrivenFromEmbeddings.open(Map.of(), pair.registry())) {
      List<byte[]> changes = driven.play(pair.embeddings()).rest().publishedChanges();

      // Then
      assertTrue(
          pair.embeddings().stream().anyMatch(embedding -> embedding.getChannel() == 1),
          "the other channel is heard");
      assertSameBytes(pair.changes(), changes, "two channels");
    }
  }

  @Test
  void shouldPublishTheSameBytesWhenOneChannelsEmbeddingsComeLater() {
    // Given: by up to nearly as much as is waited for
    for (long lateMillis : List.of(800L, 1_700L, 3_400L)) {
      List<SpeakerEmbedding> apart = apart(lateMillis);

      // When
      try (DrivenFromEmbeddings driven = DrivenFromEmbeddings.open(Map.of(), pair.registry())) {
        List<byte[]> changes = driven.play(apart).rest().publishedChanges();

        // Then
        assertSameBytes(pair.changes(), changes, lateMillis + " ms later");
        assertEquals(0, driven.deadLetters.getQueueSize());
      }
    }
  }

  @Test
  void shouldNotTakeItsOwnStandstillForTheSilenceOfACall() {
    // Given a standstill of longer than a call is remembered
    Duration standstill = Duration.ofMinutes(11);
    for (long lateMillis : List.of(800L, 3_400L)) {
      List<SpeakerEmbedding> apart = apart(lateMillis);
      for (Map<String, String> settings :
          List.of(Map.<String, String>of(), Map.of(TurnwiseSettings.IDLE, "100"))) {
        try (DrivenFromEmbeddings driven = DrivenFromEmbeddings.open(settings, pair.registry())) {
          // When
          for (SpeakerEmbedding embedding : apart) {
            driven.play(List.of(embedding)).standStill(standstill);
          }

          // Then
          String what = lateMillis + " ms later, a standstill at every place, " + settings;
          assertSameBytes(pair.changes(), driven.rest().publishedChanges(), what);
        }
      }
    }
  }

  @Test
  void shouldNotTakeItsOwnStandstillForTheSilenceOfACallWhereverItIs() {
    List<SpeakerEmbedding> apart = apart(3_400);
    long seed = new Random().nextLong();
    for (int place : new Random(seed).ints(12, 0, apart.size()).toArray()) {
      try (DrivenFromEmbeddings driven = DrivenFromEmbeddings.open(Map.of(), pair.registry())) {
        // When
        driven.play(apart.subList(0, place)).standStill(Duration.ofSeconds(31));
        driven.play(apart.subList(place, apart.size()));

        // Then
        String what = "a standstill before embedding " + place + ", seed " + seed;
        assertSameBytes(pair.changes(), driven.rest().publishedChanges(), what);
      }
    }
  }

  @Test
  void shouldNotTakeForSilenceWhatWaitsInItsPartition() {
    List<SpeakerEmbedding> apart = apart(3_400);
    int half = apart.size() / 2;
    for (Optional<InputProgress.Reading> reading :
        List.of(
            Optional.of(new InputProgress.Reading(half, apart.size())),
            Optional.<InputProgress.Reading>empty())) {
      AtomicReference<Optional<InputProgress.Reading>> answer = new AtomicReference<>(reading);
      try (DrivenFromEmbeddings driven =
          DrivenFromEmbeddings.open(partition -> answer.get(), pair.registry())) {
        // When other partitions have their turn, or no broker answers, for long
        driven.play(apart.subList(0, half)).pass(Duration.ofMinutes(11));
        driven.play(apart.subList(half, apart.size()));

        // Then
        answer.set(Optional.of(new InputProgress.Reading(apart.size(), apart.size())));
        assertSameBytes(
            pair.changes(), driven.rest().publishedChanges(), "progress was " + reading);
      }
    }
  }

  @Test
  void shouldPublishTheSameBytesWhenWhatIsMissedWaitedBehindRefusedRecords() {
    // Given a partition that is fetched to its end, with many refused records before the rest
    List<SpeakerEmbedding> apart = apart(3_400);
    int half = apart.size() / 2;
    int refused = 40;
    long end = apart.size() + refused;
    try (DrivenFromEmbeddings driven =
        DrivenFromEmbeddings.open(
            partition -> Optional.of(new InputProgress.Reading(end, end)), pair.registry())) {
      // When
      driven.play(apart.subList(0, half));
      for (int i = 0; i < refused; i++) {
        driven.embeddings.pipeInput(CALL, (SpeakerEmbedding) null);
        driven.pass(Duration.ofSeconds(1));
      }
      driven.play(apart.subList(half, apart.size()));

      // Then
      assertSameBytes(pair.changes(), driven.rest().publishedChanges(), "behind refused records");
    }
  }

  @Test
  void shouldHandOnWhatWaitsWhenTheWholePartitionIsProcessed() {
    // Given a partition that ends with a refused record
    long end = sample.embeddings().size() + 1;
    try (DrivenFromEmbeddings driven =
        DrivenFromEmbeddings.open(
            partition -> Optional.of(new InputProgress.Reading(end, end)), sample.registry())) {
      driven.play(sample.embeddings());
      driven.embeddings.pipeInput(CALL, (SpeakerEmbedding) null);

      // When
      List<byte[]> changes = driven.rest().publishedChanges();

      // Then
      assertSameBytes(sample.changes(), changes, "all is processed");
    }
  }

  @Test
  void shouldSayTheSameWhenTwoChannelsHaveEndedTogether() {
    // Given
    Whole whole = Whole.of(twoChannels(true));

    // When
    try (DrivenFromEmbeddings reader = DrivenFromEmbeddings.open(FORGETFUL, whole.registry())) {
      List<SpeakerChange> changes =
          new ArrayList<>(reader.play(whole.embeddings()).rest().changes.readValuesToList());
      int beforeTheEnd = changes.size();
      reader.pass(Duration.ofSeconds(11));
      changes.addAll(reader.changes.readValuesToList());

      // Then
      assertSameAsTheWhole(whole, changes, beforeTheEnd, "two channels");
      assertTrue(reader.remembersNothing());
    }
  }

  /** The pair's embeddings as they come where those of channel 1 come later. */
  private static List<SpeakerEmbedding> apart(long lateMillis) {
    List<SpeakerEmbedding> apart = new ArrayList<>(pair.embeddings());
    apart.sort(
        Comparator.comparingLong(
            embedding -> embedding.getEndMillis() + lateMillis * embedding.getChannel()));
    assertFalse(pair.embeddings().equals(apart), "nothing is out of order");
    return apart;
  }

  /** All is equal but when the audio of what the end said was captured. */
  private static void assertSameAsTheWhole(
      Whole whole, List<SpeakerChange> changes, int beforeTheEnd, String what) {
    List<SpeakerChange> expected = whole.readChanges();
    assertEquals(expected.size(), changes.size(), what);
    for (int i = 0; i < changes.size(); i++) {
      SpeakerChange change = changes.get(i);
      if (i >= beforeTheEnd) {
        change =
            SpeakerChange.newBuilder(change).setCapturedAt(expected.get(i).getCapturedAt()).build();
      }
      assertEquals(expected.get(i), change, what + ", event " + i);
    }
  }

  /** The sample call on one channel, on the other from its middle on. */
  private static List<AudioChunk> twoChannels(boolean last) {
    List<AudioChunk> first = Driven.sampleChunks(CALL);
    List<AudioChunk> chunks = new ArrayList<>();
    int half = first.size() / 2;
    for (int i = 0; i < first.size(); i++) {
      boolean atTheEnd = last && i == first.size() - 1;
      AudioChunk other = first.get((i + half) % first.size());
      chunks.add(AudioChunk.newBuilder(first.get(i)).setLast(atTheEnd).build());
      chunks.add(
          AudioChunk.newBuilder(first.get(i))
              .setLast(atTheEnd)
              .setChannel(1)
              .setPayload(
                  other.getPayload().remaining() == first.get(i).getPayload().remaining()
                      ? other.getPayload()
                      : first.get(i).getPayload())
              .build());
    }
    return chunks;
  }

  @Test
  void shouldSayWhatOnlyTheEndSaysWhenTheCallIsForgotten() {
    // Given calls cut off so early that the end may have to decide
    int saidByTheEnd = 0;
    for (int millis = 1000; millis <= 4000; millis += 500) {
      List<AudioChunk> chunks = new ArrayList<>(Driven.sampleChunks(CALL).subList(0, millis / 20));
      AudioChunk last = chunks.remove(chunks.size() - 1);
      chunks.add(AudioChunk.newBuilder(last).setLast(true).build());
      Whole whole = Whole.of(chunks);
      try (DrivenFromEmbeddings reader = DrivenFromEmbeddings.open(FORGETFUL, whole.registry())) {
        // When
        List<SpeakerChange> changes =
            new ArrayList<>(reader.play(whole.embeddings()).rest().changes.readValuesToList());
        int beforeTheEnd = changes.size();
        saidByTheEnd += whole.changes().size() - beforeTheEnd;
        reader.pass(Duration.ofSeconds(11));
        changes.addAll(reader.changes.readValuesToList());

        // Then
        assertSameAsTheWhole(whole, changes, beforeTheEnd, millis + " ms");
      }
    }
    assertTrue(saidByTheEnd > 0, "no end said anything");
  }

  @Test
  void shouldKeepNoMoreChannelsThanAllowed() {
    // Given
    Map<String, String> settings =
        Map.of(TurnwiseSettings.CHANNELS_MAX, "3", TurnwiseSettings.CALL_CHANNELS_MAX, "2");
    SpeakerEmbedding first = sample.embeddings().get(0);

    // When
    try (DrivenFromEmbeddings driven = open(settings)) {
      for (String call : List.of("a", "b", "c")) {
        for (int channel = 0; channel < 3; channel++) {
          driven.embeddings.pipeInput(
              call, SpeakerEmbedding.newBuilder(first).setCall(call).setChannel(channel).build());
        }
      }

      // Then: two of a, one of b
      assertEquals(
          List.of(2L, 4L, 5L, 6L, 7L, 8L),
          driven.deadLetters.readValuesToList().stream()
              .filter(letter -> letter.getReason() == DeadLetterReason.TOO_MANY_CHANNELS)
              .map(DeadLetter::getOffset)
              .toList());
    }
  }

  @Test
  void shouldNameAnEnrolledVoice() {
    // Given
    SpeakerEmbedding known = sample.embeddings().get(1);
    EnrolledVoice voice =
        EnrolledVoice.newBuilder()
            .setSpeakerId("agent-17")
            .setVector(known.getVector())
            .setModel(known.getModel())
            .setModelFingerprint(known.getModelFingerprint())
            .setEnrolledAt(Driven.CAPTURED)
            .build();
    List<byte[]> whole;
    Map<String, Object> registry;
    try (Driven driven = Driven.open()) {
      driven.voices.pipeInput("agent-17", voice);
      whole = driven.play(Driven.sampleChunks(CALL)).published("speaker-changes");
      registry = driven.registry();
    }

    // When
    try (DrivenFromEmbeddings driven = DrivenFromEmbeddings.open(Map.of(), registry)) {
      driven.voices.pipeInput("agent-17", voice);
      List<byte[]> changes = driven.play(sample.embeddings()).rest().publishedChanges();

      // Then
      assertSameBytes(whole, changes, "with an enrolled voice");
    }
  }

  @Test
  void shouldHeedTheTrackersSettings() {
    // Given settings by which the whole topology says something else of the sample call
    for (Map<String, String> settings :
        List.of(
            Map.of(TurnwiseSettings.TENTATIVE, "false"),
            Map.of(TurnwiseSettings.HYSTERESIS, "4"),
            Map.of(TurnwiseSettings.CONFIRM_SPEECH, "6000"),
            Map.of(TurnwiseSettings.CONFIRM_PLACES, "4"))) {
      List<byte[]> whole;
      Map<String, Object> registry;
      try (Driven driven = Driven.open(settings)) {
        whole = driven.play(Driven.sampleChunks(CALL)).published("speaker-changes");
        registry = driven.registry();
      }
      assertFalse(
          Arrays.deepEquals(whole.toArray(), sample.changes().toArray()),
          settings + " makes no difference");

      // When
      try (DrivenFromEmbeddings driven = DrivenFromEmbeddings.open(settings, registry)) {
        List<byte[]> changes = driven.play(sample.embeddings()).rest().publishedChanges();

        // Then
        assertSameBytes(whole, changes, settings.toString());
      }
    }
  }

  @Test
  void shouldForgetACallOfWhichNothingHasComeForLong() {
    try (DrivenFromEmbeddings driven = open(FORGETFUL)) {
      // Given
      driven.play(sample.embeddings());
      driven.pass(Duration.ofMillis(9_900));
      assertFalse(driven.remembersNothing());
      driven.changes.readValuesToList();

      // When
      driven.pass(Duration.ofMillis(1_100));

      // Then nothing is left of it, and when it comes again it is heard anew
      assertTrue(driven.remembersNothing());
      driven.changes.readValuesToList();
      assertSameBytes(
          sample.changes(),
          driven.play(sample.embeddings()).rest().publishedChanges(),
          "heard anew");
    }
  }

  @Test
  void shouldRememberACallAsLongAsSomethingComes() {
    try (DrivenFromEmbeddings driven = open(FORGETFUL)) {
      // When
      for (SpeakerEmbedding embedding : sample.embeddings()) {
        driven.play(List.of(embedding));
        driven.pass(Duration.ofSeconds(9));
      }

      // Then
      assertSameBytes(sample.changes(), driven.rest().publishedChanges(), "slowly");
    }
  }

  @Test
  void shouldLeaveOutRepeatedSegmentsAndRefuseEarlierOnes() {
    try (DrivenFromEmbeddings driven = open(Map.of())) {
      // When each embedding comes twice, and the fifth once more after the tenth
      for (int i = 0; i < sample.embeddings().size(); i++) {
        SpeakerEmbedding embedding = sample.embeddings().get(i);
        driven.play(List.of(embedding, embedding));
        if (i == 10) {
          driven.play(List.of(sample.embeddings().get(5)));
        }
      }

      // Then
      assertSameBytes(sample.changes(), driven.rest().publishedChanges(), "repeated");
      assertEquals(sample.embeddings().size(), driven.counter("duplicates-total"));
      List<DeadLetter> letters = driven.deadLetters.readValuesToList();
      assertEquals(
          List.of(DeadLetterReason.LATE), letters.stream().map(DeadLetter::getReason).toList());
      assertEquals("speaker-embeddings", letters.get(0).getTopic());
    }
  }

  @Test
  void shouldHearAnotherCallUnderAnOldIdAnew() {
    // Given the sample call, and an hour later the sample call again under the same id
    List<SpeakerEmbedding> again =
        sample.embeddings().stream()
            .map(
                embedding ->
                    SpeakerEmbedding.newBuilder(embedding)
                        .setCapturedAt(embedding.getCapturedAt().plusSeconds(3600))
                        .build())
            .toList();

    // When
    try (DrivenFromEmbeddings driven = open(Map.of())) {
      driven.play(sample.embeddings());
      List<String> first = eventIds(driven);
      driven.play(again);
      List<String> second = eventIds(driven);

      // Then
      assertEquals(first, second.subList(second.size() - first.size(), second.size()));
      assertEquals(0, driven.deadLetters.getQueueSize());
    }
  }

  private static List<String> eventIds(DrivenFromEmbeddings driven) {
    return driven.rest().changes.readValuesToList().stream()
        .map(SpeakerChange::getEventId)
        .toList();
  }

  @Test
  void shouldRefuseEachUnusableEmbeddingAndHearTheOthers() {
    // Given one broken embedding of every kind among the good ones
    int dimension = sample.embeddings().get(0).getVector().size();
    List<UnaryOperator<SpeakerEmbedding.Builder>> broken =
        List.of(
            e -> e.setVector(Collections.nCopies(dimension, 0f)),
            e -> e.setVector(withFirst(e, Float.NaN)),
            e -> e.setVector(withFirst(e, Float.POSITIVE_INFINITY)),
            e -> e.setVector(List.of()),
            e -> e.setVector(e.getVector().subList(0, dimension - 1)),
            e -> e.setChannel(256),
            e -> e.setChannel(-1),
            e -> e.setSegment(-1),
            e -> e.setStartMillis(-10),
            e -> e.setStartMillis(Long.MAX_VALUE),
            e -> e.setEndMillis(e.getStartMillis()),
            e -> e.setEndMillis(Long.MIN_VALUE),
            e -> e.setEndMillis(e.getStartMillis() + 60_001),
            e -> e.setSpeechMillis(-1),
            e -> e.setSpeechMillis(1_511),
            e -> e.setSpeechMillis(e.getSpeechMillis() - 1),
            e -> e.setSpeech(List.of(new SpeechSpan(e.getStartMillis() - 1, e.getEndMillis()))),
            e -> e.setSpeech(List.of(new SpeechSpan(e.getEndMillis(), e.getStartMillis()))),
            e -> e.setSpeech(List.of(new SpeechSpan(e.getStartMillis(), e.getEndMillis() + 11))),
            e -> e.setLevelDb(Float.NaN),
            e -> e.setModelFingerprint("0".repeat(64)),
            e -> e.setModelFingerprint("not a digest"),
            e -> e.setModel("m".repeat(257)),
            e -> e.setCall(""));
    try (DrivenFromEmbeddings driven = open(Map.of())) {
      // When
      int next = 0;
      for (SpeakerEmbedding embedding : sample.embeddings()) {
        if (next < broken.size()) {
          driven.embeddings.pipeInput(
              CALL, broken.get(next++).apply(SpeakerEmbedding.newBuilder(embedding)).build());
        }
        driven.play(List.of(embedding));
      }
      driven.embeddings.pipeInput("another", sample.embeddings().get(0));
      driven.embeddings.pipeInput(CALL, (SpeakerEmbedding) null);

      // Then
      assertEquals(broken.size(), next);
      List<DeadLetter> letters = driven.deadLetters.readValuesToList();
      assertEquals(broken.size() + 2, letters.size());
      for (DeadLetter letter : letters) {
        assertEquals(DeadLetterReason.INVALID_FIELD, letter.getReason(), letter.getDetail());
      }
      assertTrue(
          letters.get(20).getDetail().contains("turnwise.threshold"), letters.get(20).getDetail());
      assertEquals(broken.size() + 2, driven.counter("refused-total"));
      assertSameBytes(sample.changes(), driven.rest().publishedChanges(), "among broken ones");
    }
  }

  @Test
  void shouldHearAModelThatIsInNoManifestWhenAThresholdIsSet() {
    // Given the sample call by a model nobody knows, with the starter model's threshold
    String fingerprint = sample.embeddings().get(0).getModelFingerprint();
    List<SpeakerEmbedding> foreign =
        sample.embeddings().stream()
            .map(
                embedding ->
                    SpeakerEmbedding.newBuilder(embedding)
                        .setModel("foreign")
                        .setModelFingerprint("f".repeat(64))
                        .build())
            .toList();
    float threshold =
        new ModelCatalog(List.of(Driven.models())).spaces().get(fingerprint).threshold();

    // When
    try (DrivenFromEmbeddings driven =
            open(Map.of("turnwise.threshold", Double.toString(threshold)));
        DrivenFromEmbeddings known = open(Map.of())) {
      List<String> ids = eventIds(driven.play(foreign));
      driven.play(
          List.of(
              SpeakerEmbedding.newBuilder(foreign.get(0))
                  .setVector(foreign.get(0).getVector().subList(0, 3))
                  .setChannel(1)
                  .build()));

      // Then it is tracked as the known one is, and its vectors must still be of one length
      assertEquals(eventIds(known.play(sample.embeddings())), ids);
      assertEquals(
          List.of(DeadLetterReason.INVALID_FIELD),
          driven.deadLetters.readValuesToList().stream().map(DeadLetter::getReason).toList());
    }
  }

  @Test
  void shouldPublishTheSameBytesWhateverComesBetween() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    try (DrivenFromEmbeddings driven = open(Map.of())) {
      // Given fields set to anything, again and again
      for (SpeakerEmbedding embedding : sample.embeddings()) {
        for (int i = 0; i < 5; i++) {
          driven.embeddings.pipeInput(
              CALL, spoil(SpeakerEmbedding.newBuilder(embedding), random).build());
        }
        driven.play(List.of(embedding));
      }

      // Then every one of them is refused, by this stage and not by a fault of another
      assertSameBytes(sample.changes(), driven.rest().publishedChanges(), "seed " + seed);
      for (DeadLetter letter : driven.deadLetters.readValuesToList()) {
        assertEquals(DeadLetterReason.INVALID_FIELD, letter.getReason(), letter + ", seed " + seed);
      }
    }
  }

  private static SpeakerEmbedding.Builder spoil(SpeakerEmbedding.Builder embedding, Random random) {
    long anything = random.nextBoolean() ? random.nextLong() | Long.MIN_VALUE : Long.MAX_VALUE;
    return switch (random.nextInt(6)) {
      case 0 -> embedding.setStartMillis(anything);
      case 1 -> embedding.setEndMillis(anything);
      case 2 -> embedding.setSpeech(List.of(new SpeechSpan(anything, random.nextLong())));
      case 3 -> embedding.setChannel(-1 - random.nextInt(Integer.MAX_VALUE));
      case 4 -> embedding.setSpeechMillis(-1 - random.nextInt(Integer.MAX_VALUE));
      default -> embedding.setVector(embedding.getVector().subList(0, random.nextInt(256)));
    };
  }

  private static List<Float> withFirst(SpeakerEmbedding.Builder embedding, float value) {
    List<Float> vector = new ArrayList<>(embedding.getVector());
    vector.set(0, value);
    return vector;
  }

  private static DrivenFromEmbeddings open(Map<String, String> settings) {
    return DrivenFromEmbeddings.open(settings, sample.registry());
  }

  private static void assertSameBytes(List<byte[]> expected, List<byte[]> actual, String what) {
    assertEquals(expected.size(), actual.size(), what);
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), actual.get(i), what + ", event " + i);
    }
  }
}
