package io.turnwise.app.upgrade;

import io.turnwise.app.upgrade.SavedState.Message;
import io.turnwise.avro.AudioChunk;
import io.turnwise.avro.Encoding;
import io.turnwise.avro.Role;
import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.avro.SpeechSpan;
import io.turnwise.inference.audio.WavFile;
import io.turnwise.serdes.Contract;
import io.turnwise.testing.OnnxBytes;
import io.turnwise.testing.Shared;
import io.turnwise.topology.TurnwiseSettings;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What a saved application hears. The audio is the sample call's; the network takes the largest
 * value of each band, so that every machine computes the same.
 *
 * @param settings Turnwise's own, and which topology
 * @param inputs all of it
 * @param cut how many of them have been read when it is stopped
 */
record Scene(Map<String, String> settings, byte[] model, List<Message> inputs, int cut) {
  private static final Instant CAPTURED = Instant.parse("2026-01-01T09:00:00Z");
  private static final int RATE = 8000;
  private static final int CHUNK = 1280;
  private static final int CHUNKS = 20 * RATE / CHUNK;
  private static final int STOPPED = 12 * RATE / CHUNK;
  private static final int SEGMENTS = 60;

  /**
   * Two channels of a call of 20 s that are not even: a chunk that comes late, one that never
   * comes, and one channel ahead of the other; another call that has ended on one of its channels.
   */
  static Scene ofAudio() {
    byte[] sound = WavFile.read(Shared.projectRoot().resolve("samples/sample-call.wav")).channel(0);
    List<Message> inputs = new ArrayList<>();
    int cut = 0;
    for (int i = 0; i < CHUNKS; i++) {
      if (i == STOPPED) {
        // Held back where it stops: the one before is still to come.
        inputs.add(audio("one", 0, sound, 0, i + 1, false));
        cut = inputs.size();
        inputs.add(audio("one", 0, sound, 0, i, false));
        i++;
      } else {
        inputs.add(audio("one", 0, sound, 0, i, i == CHUNKS - 1));
      }
      int behind = i - 8;
      if (behind >= 0 && behind != 40) {
        inputs.add(audio("one", 1, sound, 25 * RATE, behind, false));
      }
      if (i < STOPPED / 2) {
        inputs.add(audio("two", 3, sound, 10 * RATE, i, i == STOPPED / 2 - 1));
      } else if (i < STOPPED) {
        inputs.add(audio("two", 200, sound, 38 * RATE, i - STOPPED / 2, false));
      }
    }
    return new Scene(
        Map.of(
            "from",
            Contract.AUDIO_CHUNKS.name(),
            TurnwiseSettings.THRESHOLD,
            "0.85",
            TurnwiseSettings.CONFIRM_SPEECH,
            "12000",
            TurnwiseSettings.IDLE,
            "600000",
            TurnwiseSettings.PROVIDER,
            "cpu"),
        network(),
        inputs,
        cut);
  }

  /** Two channels of a call, four voices. */
  static Scene ofEmbeddings() {
    Random random = new Random(20260101);
    float[][] voices = new float[4][];
    for (int v = 0; v < voices.length; v++) {
      voices[v] = direction(random);
    }
    List<Message> inputs = new ArrayList<>();
    for (int segment = 0; segment < SEGMENTS; segment++) {
      for (int channel = 0; channel < 2; channel++) {
        float[] voice = voices[2 * channel + segment / (5 + 2 * channel) % 2];
        List<Float> vector = new ArrayList<>();
        for (float value : voice) {
          vector.add(value + 0.05f * (float) random.nextGaussian());
        }
        inputs.add(embedding(channel, segment, vector));
      }
    }
    return new Scene(
        Map.of("from", Contract.SPEAKER_EMBEDDINGS.name(), TurnwiseSettings.IDLE, "600000"),
        OnnxBytes.features(),
        inputs,
        67);
  }

  private static byte[] network() {
    return new OnnxBytes()
        .input("feats", "B", "T", 80)
        .output("embs", "B", 80)
        .initializer("usual", new int[] {1}, 4.4f)
        .reduce("ReduceMax", "feats", "largest", false)
        .node("Sub", "embs", "largest", "usual")
        .file();
  }

  private static Message audio(
      String call, int channel, byte[] sound, int from, int index, boolean last) {
    int position = index * CHUNK;
    long millis = position * 1000L / RATE;
    AudioChunk chunk =
        AudioChunk.newBuilder()
            .setCallId(call)
            .setChannel(channel)
            .setRole(channel == 0 ? Role.AGENT : Role.UNKNOWN)
            .setSequence(index)
            .setPosition(position)
            .setCapturedAt(CAPTURED.plusMillis(millis + index % 3))
            .setEncoding(Encoding.MULAW)
            .setSampleRate(RATE)
            .setPayload(
                ByteBuffer.wrap(
                    Arrays.copyOfRange(sound, from + position, from + position + CHUNK)))
            .setLast(last)
            .build();
    return new Message(call, CAPTURED.toEpochMilli() + millis, chunk);
  }

  private static Message embedding(int channel, int segment, List<Float> vector) {
    long start = segment * 750L + channel * 300L;
    SpeakerEmbedding embedding =
        SpeakerEmbedding.newBuilder()
            .setCall("one")
            .setChannel(channel)
            .setRole(Role.UNKNOWN)
            .setSegment(segment)
            .setStartMillis(start)
            .setEndMillis(start + 1500)
            .setCapturedAt(CAPTURED.plusMillis(start + 1500))
            .setSpeechMillis(1500)
            .setSpeech(List.of(new SpeechSpan(start, start + 1500)))
            .setVector(vector)
            .setModel("elsewhere")
            .setModelFingerprint(Stage.FINGERPRINT)
            .build();
    return new Message("one", CAPTURED.toEpochMilli() + start + 1500, embedding);
  }

  private static float[] direction(Random random) {
    float[] direction = new float[Stage.DIMENSION];
    double sum = 0;
    for (int i = 0; i < direction.length; i++) {
      direction[i] = (float) random.nextGaussian();
      sum += direction[i] * direction[i];
    }
    for (int i = 0; i < direction.length; i++) {
      direction[i] /= (float) Math.sqrt(sum);
    }
    return direction;
  }
}
