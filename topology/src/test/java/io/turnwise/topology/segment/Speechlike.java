package io.turnwise.topology.segment;

import io.turnwise.inference.audio.Encoding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Seeded streams of chunks: a warbling tone with pauses, coded and cut as asked. */
final class Speechlike {
  static final long CAPTURED = 1_700_000_000_000L;

  private Speechlike() {}

  /** Coded samples of a signal that depends on time alone. */
  static byte[] coded(Encoding encoding, int rate, long from, int samples) {
    byte[] bytes = new byte[samples * encoding.bytesPerSample()];
    for (int i = 0; i < samples; i++) {
      double t = (from + i) / (double) rate;
      double envelope = Math.max(0, Math.sin(2 * Math.PI * 0.7 * t));
      double value = envelope * Math.sin(2 * Math.PI * (300 + 200 * Math.sin(t)) * t);
      if (encoding == Encoding.PCM_S16LE) {
        int linear = (int) Math.round(12_000 * value);
        bytes[2 * i] = (byte) linear;
        bytes[2 * i + 1] = (byte) (linear >> 8);
      } else {
        // Any byte is a G.711 sample; the timeline does not care which.
        bytes[i] = (byte) Math.round(100 * value);
      }
    }
    return bytes;
  }

  static Chunk chunk(Encoding encoding, int rate, long position, int samples, boolean last) {
    return new Chunk(
        position,
        CAPTURED + position * 1000 / rate,
        encoding,
        rate,
        coded(encoding, rate, position, samples),
        last);
  }

  /** The seconds from {@code from} to {@code to} in chunks of 20 ms. */
  static List<Chunk> steady(Encoding encoding, int rate, double from, double to, boolean last) {
    long end = Math.round(to * rate);
    int step = rate / 50;
    List<Chunk> chunks = new ArrayList<>();
    for (long at = Math.round(from * rate); at < end; at += step) {
      int samples = (int) Math.min(step, end - at);
      chunks.add(chunk(encoding, rate, at, samples, last && at + samples == end));
    }
    return chunks;
  }

  /** The same samples cut elsewhere, on whole milliseconds where the rate has them. */
  static List<Chunk> rechunked(List<Chunk> chunks, Random random) {
    Encoding encoding = chunks.get(0).encoding();
    int rate = chunks.get(0).sampleRate();
    long at = chunks.get(0).position();
    Chunk tail = chunks.get(chunks.size() - 1);
    List<Chunk> cut = new ArrayList<>();
    while (at < tail.end()) {
      int samples = (int) Math.min(tail.end() - at, rate / 1000 * (1 + random.nextInt(60)));
      cut.add(chunk(encoding, rate, at, samples, tail.last() && at + samples == tail.end()));
      at += samples;
    }
    return cut;
  }

  /** Displaces each chunk by some places, at most {@code reach}. */
  static List<Chunk> shuffled(List<Chunk> chunks, int reach, Random random) {
    double[] rank = new double[chunks.size()];
    Integer[] order = new Integer[chunks.size()];
    for (int i = 0; i < rank.length; i++) {
      rank[i] = i + random.nextDouble() * reach;
      order[i] = i;
    }
    Arrays.sort(order, (a, b) -> Double.compare(rank[a], rank[b]));
    List<Chunk> shuffled = new ArrayList<>();
    for (int i : order) {
      shuffled.add(chunks.get(i));
    }
    return shuffled;
  }

  /** Repeats some chunks, a little later or much later. */
  static List<Chunk> duplicated(List<Chunk> chunks, Random random) {
    List<Chunk> repeated = new ArrayList<>(chunks);
    for (Chunk chunk : chunks) {
      if (random.nextInt(5) == 0) {
        int at = repeated.indexOf(chunk) + 1;
        repeated.add(at + random.nextInt(repeated.size() - at + 1), chunk);
      }
    }
    return repeated;
  }

  /** Joins some neighbours to chunks that overlap the ones after them. */
  static List<Chunk> overlapped(List<Chunk> chunks, Random random) {
    List<Chunk> overlapped = new ArrayList<>();
    for (Chunk chunk : chunks) {
      int back = (int) Math.min(chunk.position(), chunk.sampleRate() / 1000 * random.nextInt(30));
      overlapped.add(
          random.nextInt(4) == 0
              ? chunk(
                  chunk.encoding(),
                  chunk.sampleRate(),
                  chunk.position() - back,
                  chunk.samples() + back,
                  chunk.last())
              : chunk);
    }
    return overlapped;
  }

  /** The stream without the chunks at some indices. */
  static List<Chunk> without(List<Chunk> chunks, List<Integer> indices) {
    List<Chunk> kept = new ArrayList<>(chunks);
    List<Integer> descending = new ArrayList<>(indices);
    descending.sort(Collections.reverseOrder());
    descending.forEach(index -> kept.remove((int) index));
    return kept;
  }

  /** The stream with the chunks at some indices silenced; linear PCM only. */
  static List<Chunk> silenced(List<Chunk> chunks, List<Integer> indices) {
    List<Chunk> silenced = new ArrayList<>(chunks);
    for (int index : indices) {
      Chunk chunk = chunks.get(index);
      silenced.set(
          index,
          new Chunk(
              chunk.position(),
              chunk.capturedAt(),
              chunk.encoding(),
              chunk.sampleRate(),
              new byte[chunk.payload().length],
              chunk.last()));
    }
    return silenced;
  }
}
