package io.turnwise.topology.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.avro.DeadLetterReason;
import io.turnwise.inference.audio.Encoding;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChannelTimelineTest {
  private static final int SEEDS = 4;

  @Test
  void shouldCutASegmentEveryHopAndTheRestAtTheEnd() {
    // Given a call of 4 s, When it is played
    Playback playback = Playback.of(Speechlike.steady(Encoding.PCM_S16LE, 16_000, 0, 4, true));

    // Then segments of 1.5 s begin every 0.75 s, and the last one ends where the call does
    assertEquals(
        List.of(0L, 750L, 1500L, 2250L, 2500L),
        playback.segments.stream().map(Segment::startMillis).toList());
    assertEquals(
        List.of(1500L, 2250L, 3000L, 3750L, 4000L),
        playback.segments.stream().map(Segment::endMillis).toList());
    assertEquals(
        List.of(0L, 1L, 2L, 3L, 4L), playback.segments.stream().map(Segment::index).toList());
    assertTrue(playback.closed);
  }

  @Test
  void shouldGiveTheSamplesAsTheyWereSentWhenTheyNeedNoResampling() {
    // Given
    List<Chunk> chunks = Speechlike.steady(Encoding.PCM_S16LE, 16_000, 0, 3, true);

    // When
    Segment second = Playback.of(chunks).segments.get(1);

    // Then
    byte[] sent = Speechlike.coded(Encoding.PCM_S16LE, 16_000, 12_000, Segment.SAMPLES);
    for (int i = 0; i < Segment.SAMPLES; i++) {
      int linear = (sent[2 * i] & 0xff) | sent[2 * i + 1] << 8;
      assertEquals(linear / 32768f, second.samples()[i], "sample " + i);
    }
  }

  @Test
  void shouldTellWhenTheSegmentsLastSampleWasCaptured() {
    Playback playback = Playback.of(Speechlike.steady(Encoding.MULAW, 8_000, 0, 4, true));

    for (Segment segment : playback.segments) {
      assertEquals(Speechlike.CAPTURED + segment.endMillis(), segment.capturedAt());
    }
  }

  @Test
  void shouldPadWithSilenceWhenAWholeCallIsShorterThanASegment() {
    // Given 0.6 s in all
    Playback playback = Playback.of(Speechlike.steady(Encoding.PCM_S16LE, 16_000, 0, 0.6, true));

    // Then
    assertEquals(1, playback.segments.size());
    Segment only = playback.segments.get(0);
    assertEquals(9_600, only.length());
    assertEquals(600, only.endMillis());
    for (int i = 9_600; i < Segment.SAMPLES; i++) {
      assertEquals(0f, only.samples()[i]);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "PCM_S16LE, 16000",
    "PCM_S16LE, 8000",
    "MULAW, 8000",
    "ALAW, 8000",
    "PCM_S16LE, 48000",
    "PCM_S16LE, 44100"
  })
  void shouldNotDependOnHowTheStreamWasCutShuffledAndRepeated(Encoding encoding, int rate) {
    List<Chunk> clean = Speechlike.steady(encoding, rate, 0, 5, true);
    List<Segment> expected = untimed(Playback.of(clean).segments);
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);

      // Given the same samples in other chunks, out of order, some twice, some overlapping
      List<Chunk> disturbed =
          Speechlike.duplicated(
              Speechlike.shuffled(
                  Speechlike.overlapped(Speechlike.rechunked(clean, random), random),
                  1 + random.nextInt(10),
                  random),
              random);

      // When
      Playback playback = Playback.of(disturbed);

      // Then
      assertEquals(expected, untimed(playback.segments), "seed " + seed);
      assertTrue(playback.closed, "seed " + seed);
      assertEquals(List.of(), playback.rejections, "seed " + seed);
    }
  }

  @Test
  void shouldHearLostChunksAsSilence() {
    List<Chunk> clean = Speechlike.steady(Encoding.PCM_S16LE, 8_000, 0, 8, true);
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);

      // Given a stream that lost some of its chunks, though not the last
      List<Integer> lost =
          IntStream.range(0, clean.size() - 60)
              .filter(i -> random.nextInt(6) == 0)
              .boxed()
              .toList();

      // When
      Playback playback =
          Playback.of(Speechlike.shuffled(Speechlike.without(clean, lost), 5, random));

      // Then
      List<Segment> expected = Playback.of(Speechlike.silenced(clean, lost)).segments;
      assertEquals(untimed(expected), untimed(playback.segments), "seed " + seed);
      assertTrue(playback.gapsFilled > 0, "seed " + seed);
      assertEquals(0, playback.restarts, "seed " + seed);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {8_000, 16_000, 44_100})
  void shouldGoOnBitForBitWhenRestoredAtAnyChunk(int rate) {
    List<Chunk> clean = Speechlike.steady(Encoding.PCM_S16LE, rate, 0, 5, true);
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);

      // Given
      List<Integer> lost =
          IntStream.range(0, clean.size() - 60)
              .filter(i -> random.nextInt(20) == 0)
              .boxed()
              .toList();
      List<Chunk> disturbed =
          Speechlike.duplicated(
              Speechlike.shuffled(
                  Speechlike.overlapped(Speechlike.without(clean, lost), random), 8, random),
              random);

      // When
      Playback uninterrupted = Playback.of(disturbed);
      Playback restored = Playback.restoring(disturbed, seed);

      // Then
      assertEquals(uninterrupted.segments, restored.segments, "seed " + seed);
      assertEquals(uninterrupted.rejections, restored.rejections, "seed " + seed);
      assertEquals(uninterrupted.duplicates, restored.duplicates, "seed " + seed);
    }
  }

  @Test
  void shouldGoOnBitForBitWhenRestoredWhileRatesAndCodecsChange() {
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);

      // Given a call that changes its rate and codec every second or so
      List<Chunk> chunks = new ArrayList<>();
      double at = 0;
      for (int leg = 0; leg < 8; leg++) {
        Encoding encoding = Encoding.values()[random.nextInt(3)];
        int rate = List.of(8_000, 16_000, 11_025, 48_000, 44_100).get(random.nextInt(5));
        double to = at + (20 + random.nextInt(80)) / 50.0;
        chunks.addAll(Speechlike.steady(encoding, rate, at, to, leg == 7));
        at = to;
      }
      List<Chunk> disturbed = Speechlike.shuffled(chunks, 4, random);

      // When
      Playback clean = Playback.of(chunks);
      Playback restored = Playback.restoring(disturbed, seed);

      // Then
      assertEquals(untimed(clean.segments), untimed(restored.segments), "seed " + seed);
      assertEquals(at * 1000, last(restored.segments).endMillis(), 10, "seed " + seed);
      assertTrue(restored.closed, "seed " + seed);
    }
  }

  @Test
  void shouldStayOnTheTimelineWhenTheRateChanges() {
    // Given a tone that goes on while its sample rate changes from 16 to 8 kHz
    List<Chunk> chunks =
        new ArrayList<>(Speechlike.steady(Encoding.PCM_S16LE, 16_000, 0, 2, false));
    chunks.addAll(Speechlike.steady(Encoding.PCM_S16LE, 8_000, 2, 4, true));

    // When
    Playback changed = Playback.of(chunks);

    // Then it sounds the same but near the seam
    Playback steady = Playback.of(Speechlike.steady(Encoding.PCM_S16LE, 16_000, 0, 4, true));
    assertEquals(steady.segments.size(), changed.segments.size());
    for (int s = 0; s < steady.segments.size(); s++) {
      Segment expected = steady.segments.get(s);
      Segment actual = changed.segments.get(s);
      assertEquals(expected.start(), actual.start());
      for (int i = 0; i < expected.length(); i++) {
        long at = expected.start() + i;
        if (Math.abs(at - 32_000) > 400 && at < 64_000 - 400) {
          assertEquals(expected.samples()[i], actual.samples()[i], 0.002, "sample at " + at);
        }
      }
    }
  }

  @Test
  void shouldRestartTheTimelineWhenAGapIsTooLongToFill() {
    // Given 2 s, a hole of 10 s, 3 s
    List<Chunk> chunks = new ArrayList<>(Speechlike.steady(Encoding.MULAW, 8_000, 0, 2, false));
    chunks.addAll(Speechlike.steady(Encoding.MULAW, 8_000, 12, 15, true));

    // When
    Playback playback = Playback.of(chunks);

    // Then what was before the hole is flushed and the next segment begins after it
    assertEquals(1, playback.restarts);
    assertEquals(0, playback.gapsFilled);
    assertEquals(
        List.of(0L, 500L, 12_000L, 12_750L, 13_500L),
        playback.segments.stream().map(Segment::startMillis).toList());
    assertEquals(Playback.restoring(chunks, 1).segments, playback.segments);
  }

  @Test
  void shouldBeginWhereTheStreamDoesWhenACallIsJoinedInTheMiddle() {
    Playback playback = Playback.of(Speechlike.steady(Encoding.MULAW, 8_000, 600, 603, true));

    assertEquals(600_000, playback.segments.get(0).startMillis());
    assertEquals(603_000, last(playback.segments).endMillis());
  }

  @Test
  void shouldRefuseAChunkThatComesAfterItWasTakenAsLost() {
    // Given a chunk that comes 2 s late, when the horizon is 1 s
    List<Chunk> chunks = new ArrayList<>(Speechlike.steady(Encoding.MULAW, 8_000, 0, 4, true));
    Chunk late = chunks.remove(20);
    chunks.add(120, late);

    // When
    Playback playback = Playback.of(chunks);

    // Then
    assertEquals(1, playback.rejections.size());
    assertEquals(DeadLetterReason.LATE, playback.rejections.get(0).reason());
    assertEquals(1, playback.gapsFilled);
  }

  @Test
  void shouldRefuseAudioAfterTheLastChunkAndCountItsRepeats() {
    // Given
    List<Chunk> chunks = new ArrayList<>(Speechlike.steady(Encoding.MULAW, 8_000, 0, 2, true));
    chunks.add(chunks.get(10));
    chunks.add(Speechlike.chunk(Encoding.MULAW, 8_000, 16_000, 160, false));

    // When
    Playback playback = Playback.of(chunks);

    // Then
    assertEquals(1, playback.duplicates);
    assertEquals(DeadLetterReason.AFTER_LAST, playback.rejections.get(0).reason());
  }

  @Test
  void shouldCloseOnAnEmptyLastChunk() {
    // Given
    List<Chunk> chunks = new ArrayList<>(Speechlike.steady(Encoding.MULAW, 8_000, 0, 2, false));
    chunks.add(
        new Chunk(16_000, Speechlike.CAPTURED + 2000, Encoding.MULAW, 8_000, new byte[0], true));

    // When
    Playback playback = Playback.of(chunks);

    // Then
    assertTrue(playback.closed);
    assertEquals(2000, last(playback.segments).endMillis());
  }

  @Test
  void shouldFlushWhatIsThereWhenTheSourceGoesSilentAndBeginAnewWhenItGoesOn() {
    // Given
    Playback playback = Playback.of(Speechlike.steady(Encoding.MULAW, 8_000, 0, 2, false));
    assertEquals(1, playback.segments.size());

    // When
    playback.pause();
    playback.play(Speechlike.steady(Encoding.MULAW, 8_000, 2, 4, true));

    // Then
    assertEquals(
        List.of(0L, 500L, 2000L, 2500L),
        playback.segments.stream().map(Segment::startMillis).toList());
    assertEquals(List.of(0L, 1L, 2L, 3L), playback.segments.stream().map(Segment::index).toList());
  }

  @Test
  void shouldGiveOutWhatWaitedForALostChunkWhenTheSourceGoesSilent() {
    // Given a chunk lost within the horizon of the end
    List<Chunk> chunks = Speechlike.steady(Encoding.MULAW, 8_000, 0, 2, true);
    Playback playback = Playback.of(Speechlike.without(chunks, List.of(90)));
    assertFalse(playback.closed);

    // When
    playback.pause();

    // Then
    assertTrue(playback.closed);
    assertEquals(2000, last(playback.segments).endMillis());
    assertEquals(1, playback.gapsFilled);
  }

  @Test
  void shouldTakeAChunkOfManySecondsInOneGo() {
    // Given 300 KiB of mu-law: 38.4 s
    Chunk large = Speechlike.chunk(Encoding.MULAW, 8_000, 0, 300 * 1024, true);

    // When
    Playback playback = Playback.of(List.of(large));

    // Then
    assertEquals(38_400, last(playback.segments).endMillis());
    assertEquals(
        untimed(Playback.of(Speechlike.steady(Encoding.MULAW, 8_000, 0, 38.4, true)).segments),
        untimed(playback.segments));
  }

  @ParameterizedTest
  @ValueSource(ints = {250, 500, 1000, 1500})
  void shouldFollowTheHop(int hop) {
    Playback playback =
        Playback.of(
            new SegmentRules(hop, 1000, 2000),
            Speechlike.steady(Encoding.PCM_S16LE, 16_000, 0, 6, true));

    assertEquals(hop, playback.segments.get(1).startMillis());
    int later = 6000 - 1500;
    assertEquals(1 + later / hop + (later % hop > 0 ? 1 : 0), playback.segments.size());
  }

  @Test
  void shouldTellHowFarItHasComeNeitherTooLittleNorTooMuch() {
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      // Given chunks of any length and three rates, some lost, some late, and an odd end
      List<Chunk> chunks = new ArrayList<>();
      chunks.addAll(Speechlike.steady(Encoding.MULAW, 8_000, 0, 4, false));
      chunks.addAll(Speechlike.steady(Encoding.PCM_S16LE, 44_100, 4, 8, false));
      chunks.addAll(Speechlike.steady(Encoding.PCM_S16LE, 16_000, 8, 12.337, true));
      List<Chunk> kept =
          Speechlike.without(
              chunks,
              IntStream.range(0, chunks.size() - 60)
                  .filter(i -> random.nextInt(20) == 0)
                  .boxed()
                  .toList());

      // When
      Playback playback = Playback.of(Speechlike.shuffled(kept, 5, random));

      // Then every segment ends later than was told before it came
      for (int i = 0; i < playback.segments.size(); i++) {
        long end = playback.segments.get(i).endMillis();
        long told = playback.reachedBefore.get(i);
        assertTrue(end > told, "seed " + seed + ": " + end + " ms after " + told);
      }

      // And what is told never goes back, and is near the end in the end
      for (int i = 1; i < playback.reached.size(); i++) {
        assertTrue(playback.reached.get(i) >= playback.reached.get(i - 1), "seed " + seed);
      }
      assertTrue(playback.reached.get(playback.reached.size() - 1) >= 12_317, "seed " + seed);
    }
  }

  @Test
  void shouldTellTheSameProgressWhenRestored() {
    for (int seed = 0; seed < SEEDS; seed++) {
      // Given
      List<Chunk> chunks =
          Speechlike.shuffled(
              Speechlike.steady(Encoding.MULAW, 8_000, 0, 5, true), 5, new Random(seed));

      // When
      Playback restored = Playback.restoring(chunks, seed);

      // Then
      assertEquals(Playback.of(chunks).reached, restored.reached, "seed " + seed);
    }
  }

  @Test
  void shouldStoreHardlyMoreThanTheAudio() {
    // Given a minute of telephone audio, shuffled a little
    List<Chunk> chunks =
        Speechlike.shuffled(
            Speechlike.steady(Encoding.MULAW, 8_000, 0, 60, true), 3, new Random(1));

    // When
    Playback playback = Playback.of(chunks);

    // Then the values written are at most a tenth more than what came
    assertTrue(
        playback.storedBytes < 1.1 * playback.audioBytes,
        () -> playback.storedBytes + " bytes stored for " + playback.audioBytes);
  }

  /** Where cuts fall between milliseconds, the sources' capture times are rounded. */
  private static List<Segment> untimed(List<Segment> segments) {
    return segments.stream()
        .map(
            s ->
                new Segment(
                    s.index(), s.start(), s.length(), 0, s.sourceRate(), s.samples(), s.speech()))
        .toList();
  }

  private static Segment last(List<Segment> segments) {
    return segments.get(segments.size() - 1);
  }
}
