package io.turnwise.topology;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.avro.AudioChunk;
import io.turnwise.avro.Role;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.inference.audio.WavFile;
import io.turnwise.inference.model.InputKind;
import io.turnwise.inference.model.Model;
import io.turnwise.testing.OnnxBytes;
import io.turnwise.testing.Shared;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.streams.KeyValue;
import org.junit.jupiter.api.Test;

/** The same call, however its audio was cut and its channels' chunks came, gives the same bytes. */
class CanonicalOrderTest {
  private static final String CALL = "call-1";
  private static final int RATE = 8_000;
  private static final int HORIZON_MILLIS = 1000;

  /** Enough for some changes of speaker, and for all that a chunk may be late. */
  private static final int SECONDS = 30;

  /** Not a good model, but a quick one. */
  private static final Model QUICK =
      new Model("quick", "0".repeat(64), InputKind.FEATURES, 80, 80, 0.9f, OnnxBytes.features());

  /** A channel of mu-law at 8 kHz that begins at a position. */
  private record Channel(int number, long position, byte[] data) {}

  @Test
  void shouldPublishTheSameBytesForTwoChannelsHoweverTheirChunksCome() {
    // Given the sample call, and on the other channel the same from its middle on, 3.3 s shorter
    byte[] call = call(SECONDS);
    byte[] other = rotated(call, call.length / 2, 3300 * RATE / 1000);

    // When it is played in many ways, Then
    assertSameBytes(1, List.of(new Channel(0, 0, call), new Channel(1, 0, other)));
  }

  @Test
  void shouldPublishTheSameBytesForThreeChannelsHoweverTheirChunksCome() {
    byte[] call = call(SECONDS / 2);

    assertSameBytes(
        2,
        List.of(
            new Channel(3, 0, call),
            new Channel(1, 0, rotated(call, call.length / 3, 700)),
            new Channel(200, 0, rotated(call, call.length / 2, 40_000))));
  }

  @Test
  void shouldPublishTheSameBytesForOneChannelHoweverItsChunksCome() {
    assertSameBytes(3, List.of(new Channel(0, 0, call(SECONDS))));
  }

  @Test
  void shouldPublishTheSameBytesForARecordedStereoCallHoweverItsChunksCome() {
    // Given
    WavFile wav = WavFile.read(Shared.require("audio/call-centre/stereo/auto-repairs-40.wav"));

    // When its beginning is played in many ways, Then
    assertSameBytes(
        4,
        List.of(
            new Channel(0, 0, Arrays.copyOf(wav.channel(0), SECONDS * RATE)),
            new Channel(1, 0, Arrays.copyOf(wav.channel(1), SECONDS * RATE))));
  }

  @Test
  void shouldPublishTheSameBytesWhenTheOtherChannelJoinsLaterHoweverTheAudioIsCut() {
    // Given segments that do not lie side by side
    byte[] call = call(SECONDS);
    List<Channel> channels =
        List.of(
            new Channel(0, 0, call),
            new Channel(1, 3300 * RATE / 1000, rotated(call, call.length / 2, call.length / 2)));

    // When
    List<List<byte[]>> outputs = new ArrayList<>();
    for (int millis : List.of(20, 100, 1000, 37)) {
      outputs.add(played(asTheyAreComplete(chunks(channels, i -> millis))));
    }

    // Then
    for (int i = 1; i < outputs.size(); i++) {
      assertSame(outputs.get(0), outputs.get(i), "way " + i);
    }
  }

  @Test
  void shouldHoldAnEmbeddingBackNoLongerThanTheOtherChannelTakesToComeAsFar() {
    // Given channels whose segments do not lie side by side
    byte[] call = call(SECONDS);
    List<Channel> channels =
        List.of(
            new Channel(0, 0, call),
            new Channel(1, 3300 * RATE / 1000, rotated(call, call.length / 2, call.length / 2)));
    int published = 0;

    try (Driven driven = Driven.open(QUICK, Map.of())) {
      for (AudioChunk chunk : asTheyAreComplete(chunks(channels, i -> 20))) {
        // When
        driven.play(List.of(chunk));
        published += driven.embeddings.readValuesToList().size();

        // Then all that ended 20 ms before the chunk has been published
        long begin = chunk.getPosition() * 1000 / RATE;
        long due =
            driven.segments.stream()
                .filter(segment -> segment.speechMillis() >= 500)
                .filter(segment -> segment.endMillis() + 20 <= begin)
                .count();
        int soFar = published;
        assertTrue(published >= due, () -> soFar + " of " + due + " at " + begin + " ms");
      }
      assertTrue(published > 25, "embeddings: " + published);
    }
  }

  @Test
  void shouldWriteLittleMoreToTheChangelogForTwoChannels() {
    // Given
    byte[] call = Driven.sampleCall().channel(0);
    List<Channel> channels =
        List.of(new Channel(0, 0, call), new Channel(1, 0, rotated(call, call.length / 2, 0)));

    try (Driven driven = Driven.open()) {
      // When
      driven.play(asTheyAreComplete(chunks(channels, i -> 20)));

      // Then
      long bytes = 0;
      for (KeyValue<byte[], byte[]> record :
          driven
              .driver
              .createOutputTopic(
                  Driven.APPLICATION + "-order-calls-changelog",
                  new ByteArrayDeserializer(),
                  new ByteArrayDeserializer())
              .readKeyValuesToList()) {
        bytes += record.key.length + (record.value == null ? 0 : record.value.length);
      }
      System.out.printf(
          "order-calls: %d changelog bytes, %.0f a segment, %.3f a byte of audio%n",
          bytes, (double) bytes / driven.segments.size(), (double) bytes / (2 * call.length));
      long written = bytes;
      assertTrue(written > 0);
      assertTrue(written < 0.15 * 2 * call.length, () -> written + " of " + 2 * call.length);
    }
  }

  private static void assertSameBytes(int seed, List<Channel> channels) {
    List<AudioChunk> clean = asTheyAreComplete(chunks(channels, i -> 20));
    List<byte[]> expected = played(clean);

    // Two runs are equal
    assertSame(expected, played(clean), "again");

    // Cut in other ways
    assertSame(expected, played(asTheyAreComplete(chunks(channels, i -> 100))), "100 ms");
    assertSame(expected, played(asTheyAreComplete(chunks(channels, i -> 1000))), "1 s");

    // Shuffled over all channels, and some chunks twice
    Random random = new Random(seed);
    IntUnaryOperator odd = i -> 1 + random.nextInt(400);
    assertSame(expected, played(disturbed(clean, random)), "shuffled, seed " + seed);
    assertSame(
        expected,
        played(disturbed(chunks(channels, odd), random)),
        "cut and shuffled, seed " + seed);
  }

  /** The beginning of the sample call. */
  private static byte[] call(int seconds) {
    return Arrays.copyOf(Driven.sampleCall().channel(0), seconds * RATE);
  }

  private static void assertSame(List<byte[]> expected, List<byte[]> output, String how) {
    assertEquals(expected.size(), output.size(), how);
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), output.get(i), how);
    }
  }

  /** What the quick model and the tracker publish; checked for saying something. */
  private static List<byte[]> played(List<AudioChunk> chunks) {
    int channels = (int) chunks.stream().mapToInt(AudioChunk::getChannel).distinct().count();
    try (Driven driven = Driven.open(QUICK, Map.of())) {
      driven.play(chunks);
      List<byte[]> changes = driven.published("speaker-changes");
      List<byte[]> embeddings = driven.published("speaker-embeddings");
      assertEquals(
          channels,
          driven.read(SpeakerChange.class, changes).stream()
              .map(SpeakerChange::getChannel)
              .distinct()
              .count(),
          "channels with events");
      List<SpeakerEmbedding> published = driven.read(SpeakerEmbedding.class, embeddings);
      assertEquals(
          published.stream()
              .sorted(
                  Comparator.comparingLong(SpeakerEmbedding::getEndMillis)
                      .thenComparingInt(SpeakerEmbedding::getChannel))
              .toList(),
          published,
          "the order of the embeddings");
      assertEquals(0, driven.deadLetters.getQueueSize());
      List<byte[]> output = new ArrayList<>(changes);
      output.addAll(embeddings);
      return output;
    }
  }

  private static byte[] rotated(byte[] data, int by, int less) {
    byte[] rotated = new byte[data.length - less];
    for (int i = 0; i < rotated.length; i++) {
      rotated[i] = data[(i + by) % data.length];
    }
    return rotated;
  }

  /**
   * @param millis how long each chunk is: in whole milliseconds, as capture times are
   */
  private static List<AudioChunk> chunks(List<Channel> channels, IntUnaryOperator millis) {
    List<AudioChunk> chunks = new ArrayList<>();
    for (Channel channel : channels) {
      int at = 0;
      for (int i = 0; at < channel.data().length; i++) {
        int end = Math.min(channel.data().length, at + millis.applyAsInt(i) * RATE / 1000);
        chunks.add(
            Driven.chunk(CALL, channel.position() + at)
                .setChannel(channel.number())
                .setRole(channel.number() == 0 ? Role.AGENT : Role.CUSTOMER)
                .setSequence(i)
                .setPayload(ByteBuffer.wrap(Arrays.copyOfRange(channel.data(), at, end)))
                .setLast(end == channel.data().length)
                .build());
        at = end;
      }
    }
    return chunks;
  }

  private static long end(AudioChunk chunk) {
    return chunk.getPosition() + chunk.getPayload().remaining();
  }

  /** As a live call has them. */
  private static List<AudioChunk> asTheyAreComplete(List<AudioChunk> chunks) {
    List<AudioChunk> sorted = new ArrayList<>(chunks);
    sorted.sort(
        Comparator.comparingLong(CanonicalOrderTest::end).thenComparingInt(AudioChunk::getChannel));
    return sorted;
  }

  /**
   * Each chunk late by as much as it may be: when it comes, no other has that ends more than the
   * horizon after its beginning. One in ten comes again at any later time.
   */
  private static List<AudioChunk> disturbed(List<AudioChunk> chunks, Random random) {
    long horizon = (long) HORIZON_MILLIS * RATE / 1000;
    Map<AudioChunk, Long> arrivals = new IdentityHashMap<>();
    for (AudioChunk chunk : chunks) {
      long late = horizon - chunk.getPayload().remaining();
      arrivals.put(chunk, end(chunk) + (long) (random.nextDouble() * late));
    }
    List<AudioChunk> disturbed = new ArrayList<>(chunks);
    Collections.shuffle(disturbed, random);
    disturbed.sort(Comparator.comparingLong(arrivals::get));
    for (int i = 0; i < chunks.size() / 10; i++) {
      int at = random.nextInt(disturbed.size());
      disturbed.add(at + 1 + random.nextInt(disturbed.size() - at), disturbed.get(at));
    }
    return disturbed;
  }
}
