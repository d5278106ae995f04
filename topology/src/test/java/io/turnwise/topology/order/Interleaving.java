package io.turnwise.topology.order;

import io.turnwise.avro.Role;
import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.serdes.AvroSerdes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Made-up channels of a call, each as its chunks come, and ways to put their chunks together. */
final class Interleaving {
  /**
   * What came of one chunk, the chunk's mark last.
   *
   * @param beginMillis where the chunk begins, after a gap perhaps
   */
  record Step(long beginMillis, long endMillis, List<Arrival> arrivals) {}

  static {
    // Avro makes the records of serdes it was asked for, and no others.
    AvroSerdes.forValue(
            SpeakerEmbedding.class, Map.of("schema.registry.url", "mock://interleaving"))
        .close();
  }

  private Interleaving() {}

  static Arrival.Spoken spoken(int channel, long endMillis) {
    return new Arrival.Spoken(
        SpeakerEmbedding.newBuilder()
            .setCall("call-1")
            .setChannel(channel)
            .setRole(Role.UNKNOWN)
            .setSegment(0)
            .setStartMillis(Math.max(0, endMillis - 1500))
            .setEndMillis(endMillis)
            .setCapturedAt(Instant.EPOCH.plusMillis(endMillis))
            .setSpeechMillis(1000)
            .setVector(List.of((float) channel, (float) endMillis))
            .setModel("made-up")
            .setModelFingerprint("a".repeat(64))
            .build());
  }

  static Arrival.Ended ended(int channel, long atMillis) {
    return new Arrival.Ended(channel, atMillis, Instant.EPOCH.plusMillis(atMillis));
  }

  static Arrival.Progress progress(int channel, long from, long to) {
    return new Arrival.Progress(channel, from, to);
  }

  /**
   * A channel in chunks of odd sizes: a segment each 0.75 s, some without speech, some gaps of up
   * to 1.9 s after which it goes on, and an end.
   */
  static List<Step> channel(int channel, long seed, long lengthMillis, int longestChunk) {
    Random random = new Random(seed);
    List<Step> steps = new ArrayList<>();
    long segment = 1500;
    long at = 0;
    while (at < lengthMillis) {
      long begin = at == 0 || random.nextInt(100) > 0 ? at : Math.min(lengthMillis, at + 1900);
      long to = Math.min(lengthMillis, begin + 20 + random.nextInt(longestChunk - 19));
      List<Arrival> arrivals = new ArrayList<>();
      for (; segment <= to; segment += 750) {
        if (random.nextInt(3) > 0) {
          arrivals.add(spoken(channel, segment));
        }
      }
      if (to == lengthMillis) {
        if (to > segment - 750) {
          arrivals.add(spoken(channel, to));
        }
        arrivals.add(ended(channel, to));
      } else {
        arrivals.add(progress(channel, at, to));
      }
      steps.add(new Step(begin, to, arrivals));
      at = to;
    }
    return steps;
  }

  /** The events of all channels as they are to be given out. */
  static List<Arrival> canonical(List<List<Step>> channels) {
    return channels.stream()
        .flatMap(List::stream)
        .flatMap(step -> step.arrivals().stream())
        .filter(Arrival.Event.class::isInstance)
        .map(Arrival.Event.class::cast)
        .sorted(
            Comparator.comparingLong(Arrival.Event::atMillis)
                .thenComparing(Arrival.Ended.class::isInstance)
                .thenComparingInt(Arrival.Event::channel))
        .map(Arrival.class::cast)
        .toList();
  }

  /**
   * The channels' chunks in an order in which each channel's stay in theirs, and before a chunk
   * come no others but those that end at most {@code skewMillis} after its beginning.
   */
  static List<Arrival> shuffled(List<List<Step>> channels, long seed, long skewMillis) {
    Random random = new Random(seed);
    int[] next = new int[channels.size()];
    List<Arrival> arrivals = new ArrayList<>();
    while (true) {
      List<Integer> may = new ArrayList<>();
      long first = Long.MAX_VALUE;
      for (int c = 0; c < next.length; c++) {
        if (next[c] < channels.get(c).size()) {
          first = Math.min(first, channels.get(c).get(next[c]).beginMillis());
        }
      }
      for (int c = 0; c < next.length; c++) {
        if (next[c] < channels.get(c).size()) {
          Step step = channels.get(c).get(next[c]);
          if (step.beginMillis() == first || step.endMillis() <= first + skewMillis) {
            may.add(c);
          }
        }
      }
      if (may.isEmpty()) {
        return arrivals;
      }
      int channel = may.get(random.nextInt(may.size()));
      arrivals.addAll(channels.get(channel).get(next[channel]++).arrivals());
    }
  }
}
