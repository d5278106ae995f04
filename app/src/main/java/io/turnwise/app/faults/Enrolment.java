package io.turnwise.app.faults;

import io.turnwise.app.evaluate.Turn;
import io.turnwise.avro.EnrolledVoice;
import io.turnwise.inference.audio.Resampler;
import io.turnwise.inference.audio.WavFile;
import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.inference.speech.SpeechGate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * The voice that is enrolled in every run before its calls begin: that of the first who speaks in
 * the recording. Whether it is still recognised after a fault is in the events that are compared.
 *
 * @param key the speaker's id
 * @param value the bytes of an {@link EnrolledVoice}; not copied
 */
record Enrolment(String key, byte[] value) {
  private static final String SPEAKER = "enrolled-voice";
  private static final long PATIENCE_SECONDS = 30;

  /** Embeds all turns of the first speaker and enrols their mean direction. */
  static Enrolment of(Sound sound, Model model, Serializer<EnrolledVoice> serializer) {
    WavFile audio = sound.audio();
    float[] decoded = new float[audio.frames()];
    audio.encoding().decode(audio.data(), 0, decoded.length, decoded, 0);
    float[] samples = Resampler.whole(decoded, audio.sampleRate());
    String speaker = sound.turns().get(0).speaker();
    float[] sum = new float[0];
    double seconds = 0;
    try (SpeakerEmbedder embedder = SpeakerEmbedder.openForAnyLength(model)) {
      for (Turn turn : sound.turns()) {
        if (turn.speaker().equals(speaker)) {
          int from = (int) (turn.start() * Resampler.OUTPUT_RATE);
          int to = (int) Math.min(samples.length, turn.end() * Resampler.OUTPUT_RATE);
          sum = plus(sum, embedder.embed(Arrays.copyOfRange(samples, from, to), speech(to - from)));
          seconds += turn.duration();
        }
      }
    }
    List<Float> vector = new ArrayList<>();
    for (float value : sum) {
      vector.add(value);
    }
    EnrolledVoice voice =
        EnrolledVoice.newBuilder()
            .setSpeakerId(SPEAKER)
            .setVector(vector)
            .setModel(model.name())
            .setModelFingerprint(model.fingerprint())
            .setSpeechMillis(Math.round(seconds * 1000))
            .setEnrolledAt(Calls.CAPTURED)
            .build();
    return new Enrolment(SPEAKER, serializer.serialize("speaker-registry", voice));
  }

  private static boolean[] speech(int samples) {
    boolean[] speech = new boolean[samples / SpeechGate.FRAME];
    Arrays.fill(speech, true);
    return speech;
  }

  private static float[] plus(float[] sum, float[] embedding) {
    double squares = 0;
    for (float value : embedding) {
      squares += (double) value * value;
    }
    float[] longer = sum.length == 0 ? new float[embedding.length] : sum;
    for (int i = 0; i < embedding.length; i++) {
      longer[i] += (float) (embedding[i] / Math.sqrt(squares));
    }
    return longer;
  }

  /** Writes it, and returns when the brokers have it. */
  void send(String topic, String bootstrapServers) {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ProducerConfig.ACKS_CONFIG,
                "all"),
            new StringSerializer(),
            new ByteArraySerializer())) {
      producer
          .send(new ProducerRecord<>(topic, key, value))
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the voice cannot be enrolled: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
