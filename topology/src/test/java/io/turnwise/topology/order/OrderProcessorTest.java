package io.turnwise.topology.order;

import static io.turnwise.topology.order.Interleaving.ended;
import static io.turnwise.topology.order.Interleaving.progress;
import static io.turnwise.topology.order.Interleaving.spoken;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.topology.Names;
import io.turnwise.topology.track.Heard;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OrderProcessorTest {
  private static final int HORIZON = 1000;
  private static final int GAP_FILL = 2000;
  private static final long SKEW = 1000;
  private static final int SEEDS = 60;

  private final MockProcessorContext<String, Object> context = new MockProcessorContext<>();
  private final KeyValueStore<Bytes, byte[]> calls =
      Stores.keyValueStoreBuilder(
              Stores.inMemoryKeyValueStore(Names.ORDER_CALLS), Serdes.Bytes(), Serdes.ByteArray())
          .withLoggingDisabled()
          .build();
  private ProcessorSupplier<String, Arrival, String, Object> supplier =
      OrderProcessor.publishing(HORIZON, GAP_FILL);
  private Processor<String, Arrival, String, Object> processor;

  @BeforeEach
  void start() {
    context.setCurrentSystemTimeMs(0);
    calls.init(context.getStateStoreContext(), calls);
    processor = newProcessor();
  }

  @Test
  void shouldHandOnTheSameHoweverTheChannelsWereInterleaved() {
    for (int seed = 0; seed < SEEDS; seed++) {
      // Given
      List<List<Interleaving.Step>> channels = channels(seed);

      // When
      Interleaving.shuffled(channels, seed, SKEW).forEach(arrival -> hear("call-1", arrival));

      // Then nothing is lost, nothing comes twice, and all is in its place
      List<Arrival> expected = Interleaving.canonical(channels);
      assertTrue(expected.size() > 50, "seed " + seed);
      assertEquals(tracked(expected), forwarded(Names.TRACK), "seed " + seed);
      assertEquals(embeddings(expected), forwarded(Names.SPEAKER_EMBEDDINGS), "seed " + seed);
      assertTrue(isStoreEmpty(), "seed " + seed);
      context.resetForwards();
    }
  }

  @Test
  void shouldGoOnAsIfNothingHappenedWhenAnotherProcessorTakesOver() {
    for (int seed = 0; seed < SEEDS; seed++) {
      // Given
      List<List<Interleaving.Step>> channels = channels(seed);
      Random crashes = new Random(seed);

      // When
      for (Arrival arrival : Interleaving.shuffled(channels, seed, SKEW)) {
        if (crashes.nextInt(4) == 0) {
          processor = newProcessor();
        }
        hear("call-1", arrival);
      }

      // Then
      List<Arrival> expected = Interleaving.canonical(channels);
      assertEquals(tracked(expected), forwarded(Names.TRACK), "seed " + seed);
      assertTrue(isStoreEmpty(), "seed " + seed);
      context.resetForwards();
    }
  }

  @Test
  void shouldGiveUpTheSameChannelsWhenAnotherProcessorTakesOver() {
    int outOfOrder = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      // Given channels that fall behind by more than they are waited for
      List<List<Interleaving.Step>> channels = channels(seed).subList(0, 2);
      List<Arrival> arrivals = Interleaving.shuffled(channels, seed, 6 * SKEW);
      arrivals.forEach(arrival -> hear("call-1", arrival));
      List<Object> straight = forwarded(Names.TRACK);
      context.resetForwards();

      // When
      for (Arrival arrival : arrivals) {
        processor = newProcessor();
        hear("call-1", arrival);
      }

      // Then
      assertEquals(straight, forwarded(Names.TRACK), "seed " + seed);
      context.resetForwards();
      outOfOrder += straight.equals(tracked(Interleaving.canonical(channels))) ? 0 : 1;
    }
    assertTrue(outOfOrder > 0, "some channel was given up on");
  }

  @Test
  void shouldLoseNothingAndKeepEachChannelsOrderWhenChannelsFallBehind() {
    for (int seed = 0; seed < SEEDS; seed++) {
      // Given
      List<List<Interleaving.Step>> channels = channels(seed);

      // When
      Interleaving.shuffled(channels, seed, 20 * SKEW).forEach(arrival -> hear("call-1", arrival));

      // Then
      List<Object> given = forwarded(Names.TRACK);
      for (int channel = 0; channel < channels.size(); channel++) {
        int only = channel;
        assertEquals(
            tracked(Interleaving.canonical(List.of(channels.get(channel)))),
            given.stream().filter(heard -> channel(heard) == only).toList(),
            "seed " + seed + ", channel " + channel);
      }
      assertTrue(isStoreEmpty(), "seed " + seed);
      context.resetForwards();
    }
  }

  @Test
  void shouldKeepCallsApartWhateverTheirIds() {
    // Given ids that begin alike
    hear("call", progress(0, 0, 20));
    hear("call", progress(1, 0, 20));
    hear("call\0n", progress(0, 0, 20));
    hear("call\0n", progress(1, 0, 20));
    hear("call", spoken(0, 1500));
    hear("call\0n", spoken(0, 1400));

    // When
    processor = newProcessor();
    hear("call\0n", progress(1, 20, 1500));

    // Then
    assertEquals(tracked(List.of(spoken(0, 1400))), forwarded(Names.TRACK));
    assertEquals("call\0n", context.forwarded().get(0).record().key());
  }

  @Test
  void shouldStoreNoEmbeddingOfACallWithOneChannel() {
    // When
    hear("call-1", progress(0, 0, 20));
    hear("call-1", spoken(0, 1500));
    hear("call-1", progress(0, 20, 1500));

    // Then
    assertEquals(1, entries(), "the note alone");
  }

  @Test
  void shouldDeleteEverythingWhenAllChannelsHaveEnded() {
    // Given
    hear("call-1", progress(0, 0, 20));
    hear("call-1", progress(1, 0, 20));
    hear("call-1", spoken(0, 1500));
    hear("call-1", ended(0, 1500));
    boolean before = isStoreEmpty();

    // When
    hear("call-1", ended(1, 100));

    // Then
    assertFalse(before);
    assertTrue(isStoreEmpty());
  }

  @Test
  void shouldGiveTheCanonicalOrderFromEmbeddingsAlone() {
    // Given
    supplier = OrderProcessor.unannounced(HORIZON, GAP_FILL);
    for (int seed = 0; seed < SEEDS; seed++) {
      processor = newProcessor();
      List<List<Interleaving.Step>> channels = channels(seed);
      Random crashes = new Random(seed);

      // When
      List<Arrival> ends = new ArrayList<>();
      for (Arrival arrival : Interleaving.shuffled(channels, seed, SKEW)) {
        if (crashes.nextInt(4) == 0) {
          processor = newProcessor();
        }
        if (arrival instanceof Arrival.Spoken) {
          hear("call-1", arrival);
        } else if (arrival instanceof Arrival.Ended) {
          ends.add(arrival);
        }
      }
      ends.forEach(end -> hear("call-1", end));

      // Then
      assertEquals(embeddings(Interleaving.canonical(channels)), voices(), "seed " + seed);
      assertTrue(isStoreEmpty(), "seed " + seed);
      context.resetForwards();
    }
  }

  @Test
  void shouldHandOnWhatWaitsWhenTheCallHasGoneSilent() {
    // Given
    supplier = OrderProcessor.unannounced(HORIZON, GAP_FILL);
    processor = newProcessor();
    hear("call-1", spoken(0, 1500));
    hear("call-1", spoken(1, 1400));

    // When
    List<Object> early = forwarded(Names.TRACK);
    hear("call-1", new Arrival.CallPaused());

    // Then
    assertEquals(List.of(), early);
    assertEquals(tracked(List.of(spoken(1, 1400), spoken(0, 1500))), forwarded(Names.TRACK));
  }

  /** Two to four channels of about a minute, none of them aligned with another. */
  private static List<List<Interleaving.Step>> channels(int seed) {
    Random random = new Random(31L * seed);
    List<List<Interleaving.Step>> channels = new ArrayList<>();
    int count = 2 + random.nextInt(3);
    int longest = List.of(20, 100, 1000).get(random.nextInt(3));
    for (int channel = 0; channel < count; channel++) {
      channels.add(
          Interleaving.channel(
              channel, random.nextLong(), 40_000 + 10L * random.nextInt(2000), longest));
    }
    return channels;
  }

  private Processor<String, Arrival, String, Object> newProcessor() {
    if (processor != null) {
      processor.close();
    }
    Processor<String, Arrival, String, Object> fresh = supplier.get();
    fresh.init(context);
    return fresh;
  }

  private void hear(String call, Arrival arrival) {
    processor.process(new Record<>(call, arrival, 0));
  }

  private static List<Object> tracked(List<Arrival> arrivals) {
    List<Object> heard = new ArrayList<>();
    for (Arrival arrival : arrivals) {
      if (arrival instanceof Arrival.Spoken spoken) {
        heard.add(new Heard.Voice(spoken.embedding()));
      } else if (arrival instanceof Arrival.Ended ended) {
        heard.add(new Heard.ChannelEnd(ended.channel(), ended.capturedAt()));
      }
    }
    return heard;
  }

  private static List<Object> embeddings(List<Arrival> arrivals) {
    List<Object> embeddings = new ArrayList<>();
    for (Arrival arrival : arrivals) {
      if (arrival instanceof Arrival.Spoken spoken) {
        embeddings.add(spoken.embedding());
      }
    }
    return embeddings;
  }

  private List<Object> voices() {
    List<Object> voices = new ArrayList<>();
    for (Object heard : forwarded(Names.TRACK)) {
      if (heard instanceof Heard.Voice voice) {
        voices.add(voice.embedding());
      }
    }
    return voices;
  }

  private static int channel(Object heard) {
    if (heard instanceof Heard.Voice voice) {
      SpeakerEmbedding embedding = voice.embedding();
      return embedding.getChannel();
    }
    return ((Heard.ChannelEnd) heard).channel();
  }

  private List<Object> forwarded(String child) {
    List<Object> values = new ArrayList<>();
    context.forwarded(child).forEach(forward -> values.add(forward.record().value()));
    return values;
  }

  private boolean isStoreEmpty() {
    return entries() == 0;
  }

  private int entries() {
    int entries = 0;
    try (KeyValueIterator<Bytes, byte[]> all = calls.all()) {
      while (all.hasNext()) {
        all.next();
        entries++;
      }
    }
    return entries;
  }
}
