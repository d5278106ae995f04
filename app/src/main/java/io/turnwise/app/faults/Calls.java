package io.turnwise.app.faults;

import io.turnwise.app.evaluate.Turn;
import io.turnwise.app.play.Chunks;
import io.turnwise.app.play.Recording;
import io.turnwise.avro.AudioChunk;
import io.turnwise.inference.audio.Encoding;
import io.turnwise.inference.audio.WavFile;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Utils;

/**
 * The calls that every run plays, the same bytes at the same times: made of one recording of two
 * people in a telephone's coding. Calls of one channel and of two, of mu-law and of linear PCM,
 * some of which begin after the others; each partition has one at least. One instance on half of
 * two processors carries them all in real time: longer gaps than a fault's own are none of its.
 *
 * @param chunks in the order in which they are sent
 * @param seconds media time at which the last call ends
 */
record Calls(List<Sent> chunks, double seconds) {
  /** When the audio of the first call is said to have been captured. */
  static final Instant CAPTURED = Instant.parse("2026-01-01T09:00:00Z");

  private static final byte MULAW_SILENCE = (byte) 0xff;
  private static final double MARGIN_SECONDS = 0.1;

  /**
   * A chunk as it is sent.
   *
   * @param key the call's id
   * @param value the bytes of an {@link AudioChunk}
   * @param dueSeconds media time at which a source would have it complete
   */
  record Sent(String key, byte[] value, double dueSeconds) {}

  private record Beginning(Chunks chunks, double atSeconds) {
    double due() {
      return atSeconds + chunks.nextCompleteAt();
    }
  }

  Calls {
    chunks = List.copyOf(chunks);
  }

  /**
   * Makes the calls.
   *
   * @param audio one channel of mu-law
   * @param turns who speaks when in it
   * @param seconds length of the longest call; the recording must be as long
   * @param partitions of the audio topic
   * @param serializer of the audio topic's values
   */
  static Calls of(
      WavFile audio,
      List<Turn> turns,
      double seconds,
      int partitions,
      Serializer<AudioChunk> serializer) {
    if (audio.encoding() != Encoding.MULAW || audio.channels() != 1) {
      throw new IllegalArgumentException("audio: is not one channel of mu-law");
    }
    WavFile parties = onOwnChannels(audio, turns);
    List<Beginning> open = new ArrayList<>();
    add(open, 0, partitions, rotated(audio, 0, seconds), 0);
    add(open, 1, partitions, rotated(parties, 0, seconds), 0);
    add(open, 2, partitions, rotated(linear(audio), 6, 0.8 * seconds), 0.2 * seconds);
    add(open, 3, partitions, rotated(audio, 21, 0.6 * seconds), 0.4 * seconds);
    List<Sent> chunks = new ArrayList<>();
    while (!open.isEmpty()) {
      Beginning next = open.stream().min(Comparator.comparingDouble(Beginning::due)).orElseThrow();
      double due = next.due();
      AudioChunk chunk = next.chunks().next();
      chunks.add(new Sent(chunk.getCallId(), serializer.serialize("audio-chunks", chunk), due));
      if (!next.chunks().hasNext()) {
        open.remove(next);
      }
    }
    return new Calls(chunks, chunks.get(chunks.size() - 1).dueSeconds());
  }

  /** The calls' ids. */
  List<String> ids() {
    return chunks.stream().map(Sent::key).distinct().sorted().toList();
  }

  /** The partition of a topic that a call's records are on. */
  static int partitionOf(String key, int partitions) {
    return Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8))) % partitions;
  }

  private static void add(
      List<Beginning> open, int number, int partitions, WavFile audio, double atSeconds) {
    String id = "call-" + number;
    for (int tail = 0; partitionOf(id, partitions) != number % partitions; tail++) {
      id = "call-" + number + "-" + tail;
    }
    Recording recording = new Recording(id, 0, audio);
    Instant captured = CAPTURED.plusMillis(Math.round(atSeconds * 1000));
    for (int channel = 0; channel < audio.channels(); channel++) {
      open.add(new Beginning(new Chunks(recording, channel, captured), atSeconds));
    }
  }

  /** So many seconds of it, from a moment on, its beginning behind its end. */
  private static WavFile rotated(WavFile audio, int fromSeconds, double seconds) {
    int frame = audio.encoding().bytesPerSample() * audio.channels();
    int from = Math.multiplyExact(fromSeconds * audio.sampleRate(), frame);
    byte[] data = new byte[(int) (seconds * audio.sampleRate()) * frame];
    for (int i = 0; i < data.length; i++) {
      data[i] = audio.data()[(from + i) % audio.data().length];
    }
    return new WavFile(audio.encoding(), audio.sampleRate(), audio.channels(), data);
  }

  /** The first speaker on channel 0, all others on channel 1. */
  private static WavFile onOwnChannels(WavFile audio, List<Turn> turns) {
    byte[] data = new byte[2 * audio.frames()];
    Arrays.fill(data, MULAW_SILENCE);
    String first = turns.get(0).speaker();
    for (Turn turn : turns) {
      int channel = turn.speaker().equals(first) ? 0 : 1;
      int from = (int) Math.max(0, (turn.start() - MARGIN_SECONDS) * audio.sampleRate());
      int to = (int) Math.min(audio.frames(), (turn.end() + MARGIN_SECONDS) * audio.sampleRate());
      for (int frame = from; frame < to; frame++) {
        data[2 * frame + channel] = audio.data()[frame];
      }
    }
    return new WavFile(audio.encoding(), audio.sampleRate(), 2, data);
  }

  private static WavFile linear(WavFile audio) {
    float[] samples = new float[audio.frames()];
    audio.encoding().decode(audio.data(), 0, samples.length, samples, 0);
    byte[] data = new byte[2 * samples.length];
    for (int i = 0; i < samples.length; i++) {
      int sample = Math.max(-32768, Math.min(32767, Math.round(samples[i] * 32768)));
      data[2 * i] = (byte) sample;
      data[2 * i + 1] = (byte) (sample >> 8);
    }
    return new WavFile(Encoding.PCM_S16LE, audio.sampleRate(), 1, data);
  }
}
