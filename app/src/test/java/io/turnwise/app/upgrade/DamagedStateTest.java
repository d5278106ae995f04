package io.turnwise.app.upgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.turnwise.app.upgrade.SavedState.Entry;
import io.turnwise.avro.EnrolledVoice;
import io.turnwise.inference.calibration.Calibration;
import io.turnwise.inference.model.VoiceSpace;
import io.turnwise.inference.speech.SpeechGates;
import io.turnwise.serdes.AvroSerdes;
import io.turnwise.serdes.Contract;
import io.turnwise.topology.Names;
import io.turnwise.topology.TurnwiseSettings;
import io.turnwise.topology.UnreadableState;
import io.turnwise.topology.order.OrderProcessor;
import io.turnwise.topology.replay.ReplayProcessor;
import io.turnwise.topology.segment.SegmentListener;
import io.turnwise.topology.segment.SegmentProcessor;
import io.turnwise.topology.segment.SegmentRules;
import io.turnwise.topology.track.Enrolments;
import io.turnwise.topology.track.SpeakerTracker;
import io.turnwise.topology.track.TrackProcessor;
import io.turnwise.topology.track.TrackerSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the stages do with state that they cannot read: saved state, and that damaged. */
class DamagedStateTest {
  private static final int ROUNDS = 400;

  static List<Path> saved() throws IOException {
    return UpgradeTest.saved();
  }

  @ParameterizedTest
  @MethodSource("saved")
  void shouldReadWhatWasSaved(Path file) throws IOException {
    SavedState state = SavedState.read(file);

    for (String store : state.changelogs().keySet()) {
      restore(state, state.changelogs(), store);
    }
  }

  @ParameterizedTest
  @MethodSource("saved")
  void shouldNameTheStoreAndBothFormatsWhenAnotherReleaseHasWrittenIt(Path file)
      throws IOException {
    SavedState state = SavedState.read(file);
    for (String store : state.changelogs().keySet()) {
      if (store.equals(Names.SEGMENT_AUDIO) || store.equals(Names.TRACK_MODELS)) {
        continue;
      }
      for (int i = 0; i < state.changelogs().get(store).size(); i++) {
        // Given an entry of format 42; a checkpoint's is written zigzag
        boolean checkpoint = store.equals(Names.SEGMENT_CHANNELS);
        SortedMap<String, List<Entry>> changelogs = copy(state.changelogs());
        changelogs.get(store).get(i).value()[0] = (byte) (checkpoint ? 84 : 42);

        // When
        UnreadableState refusal =
            assertThrows(UnreadableState.class, () -> restore(state, changelogs, store));

        // Then
        String message = refusal.getMessage();
        assertTrue(message.startsWith("store " + store + ": "), message);
        assertTrue(message.contains("format 42, and this release reads format "), message);
        assertTrue(message.contains("turnwise reset"), message);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("saved")
  void shouldReadItOrSayThatItIsDamagedWhateverHasHappenedToIt(Path file) throws IOException {
    SavedState state = SavedState.read(file);
    List<String> stores = List.copyOf(state.changelogs().keySet());
    int refused = 0;
    for (long seed = 0; seed < ROUNDS; seed++) {
      // Given
      Random random = new Random(seed);
      SortedMap<String, List<Entry>> changelogs = copy(state.changelogs());
      String store = stores.get(random.nextInt(stores.size()));
      List<Entry> entries = changelogs.get(store);
      int at = random.nextInt(entries.size());
      Entry entry = entries.get(at);
      entries.set(at, new Entry(entry.key(), damaged(entry.value(), random)));

      // When
      try {
        restore(state, changelogs, store);
      } catch (UnreadableState e) {
        refused++;
      } catch (RuntimeException | Error e) {
        // Then
        fail(file + ", seed " + seed, e);
      }
    }
    assertTrue(refused > ROUNDS / 20, "refused " + refused);
  }

  private static byte[] damaged(byte[] value, Random random) {
    byte[] damaged = value.clone();
    switch (random.nextInt(4)) {
      case 0 -> {
        return Arrays.copyOf(damaged, random.nextInt(damaged.length));
      }
      case 1 -> {
        return Arrays.copyOf(damaged, damaged.length + 1 + random.nextInt(20));
      }
      case 2 -> {
        int from = random.nextInt(Math.min(64, damaged.length));
        Arrays.fill(damaged, from, Math.min(damaged.length, from + 8), (byte) 0xff);
      }
      default -> {
        for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
          int at =
              random.nextInt(random.nextBoolean() ? damaged.length : Math.min(32, damaged.length));
          damaged[at] ^= (byte) (1 << random.nextInt(8));
        }
      }
    }
    return damaged;
  }

  private static SortedMap<String, List<Entry>> copy(SortedMap<String, List<Entry>> changelogs) {
    SortedMap<String, List<Entry>> copy = new TreeMap<>();
    changelogs.forEach(
        (store, entries) -> {
          List<Entry> copies = new ArrayList<>();
          entries.forEach(entry -> copies.add(new Entry(entry.key(), entry.value().clone())));
          copy.put(store, copies);
        });
    return copy;
  }

  /** Starts the stage that a store belongs to, on what the changelogs hold. */
  private static void restore(
      SavedState state, SortedMap<String, List<Entry>> changelogs, String store) {
    TurnwiseSettings settings = TurnwiseSettings.of(turnwise(state));
    Enrolments enrolments = new Enrolments();
    boolean audio = state.input() == Contract.AUDIO_CHUNKS;
    int horizon = settings.reorderHorizonMillis();
    int gap = settings.gapFillMillis();
    switch (store) {
      case Names.SEGMENT_AUDIO, Names.SEGMENT_CHANNELS ->
          start(
              new SegmentProcessor(
                  new SegmentRules(settings.hopMillis(), horizon, gap),
                  SpeechGates.named("energy"),
                  1000,
                  1000,
                  settings.channels(),
                  SegmentListener.none()),
              changelogs,
              Names.SEGMENT_AUDIO,
              Names.SEGMENT_CHANNELS);
      case Names.ORDER_CALLS ->
          start(
              audio
                  ? OrderProcessor.publishing(horizon, gap).get()
                  : OrderProcessor.unannounced(horizon, gap).get(),
              changelogs,
              store);
      case Names.REPLAY_CALLS ->
          start(
              new ReplayProcessor(
                  settings,
                  Map.of(
                      Stage.FINGERPRINT,
                      new VoiceSpace(
                          Stage.FINGERPRINT, Stage.DIMENSION, 0.5f, Calibration.none()))),
              changelogs,
              store);
      default ->
          start(
              TrackProcessor.supplier(
                      new SpeakerTracker(TrackerSettings.of(0.5), Calibration.none()), enrolments)
                  .get(),
              changelogs,
              Names.TRACK_VOICES);
    }
  }

  private static Map<String, String> turnwise(SavedState state) {
    Map<String, String> settings = new TreeMap<>(state.settings());
    settings.keySet().removeIf(key -> !key.startsWith("turnwise."));
    return settings;
  }

  private static <I, O> void start(
      Processor<String, I, String, O> processor,
      SortedMap<String, List<Entry>> changelogs,
      String... names) {
    MockProcessorContext<String, O> context = new MockProcessorContext<>();
    context.setCurrentSystemTimeMs(0);
    List<StateStore> stores = new ArrayList<>();
    for (String name : names) {
      KeyValueStore<Bytes, byte[]> store =
          Stores.keyValueStoreBuilder(
                  Stores.inMemoryKeyValueStore(name), Serdes.Bytes(), Serdes.ByteArray())
              .withCachingDisabled()
              .withLoggingDisabled()
              .build();
      store.init(context.getStateStoreContext(), store);
      changelogs
          .getOrDefault(name, List.of())
          .forEach(entry -> store.put(Bytes.wrap(entry.key()), entry.value()));
      context.addStateStore(store);
      stores.add(store);
    }
    KeyValueStore<String, EnrolledVoice> registry =
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(Names.SPEAKER_REGISTRY),
                Serdes.String(),
                AvroSerdes.forValue(
                    EnrolledVoice.class, Map.of("schema.registry.url", "mock://damaged")))
            .withLoggingDisabled()
            .build();
    registry.init(context.getStateStoreContext(), registry);
    context.addStateStore(registry);
    stores.add(registry);
    try {
      processor.init(context);
    } finally {
      processor.close();
      stores.forEach(StateStore::close);
    }
    assertEquals(0, context.forwarded().size());
  }
}
