package io.turnwise.inference.model;

import ai.onnxruntime.OrtException;
import io.turnwise.inference.features.Fbank;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a network on the fastest provider that gives the CPU's embeddings. An accelerator may
 * refuse a graph or compute it wrongly (onnxruntime issue 32569), so each is compared with the CPU
 * on a made-up sound first; which one was taken, and why, is logged.
 */
final class Acceleration {
  /** Cosine with the CPU's embedding, at least: what one float16 pass would still reach. */
  static final double LEAST_AGREEMENT = 0.9995;

  private static final Logger log = LoggerFactory.getLogger(Acceleration.class);

  private Acceleration() {}

  static Network open(
      Model model,
      Contract contract,
      int samples,
      Map<String, Long> fixed,
      ExecutionProvider preferred)
      throws OrtException {
    Network reference = Network.open(model.bytes(), contract, fixed, ExecutionProvider.CPU);
    if (preferred == ExecutionProvider.CPU) {
      log.info("model {} runs on the CPU", model.name());
      return reference;
    }
    Network accelerated = null;
    try {
      accelerated = Network.open(model.bytes(), contract, fixed, preferred);
      double agreement =
          cosine(probe(reference, contract, samples), probe(accelerated, contract, samples));
      if (agreement >= LEAST_AGREEMENT) {
        log.info(
            "model {} runs on {} (cosine with the CPU {})", model.name(), preferred, agreement);
        reference.close();
        return accelerated;
      }
      log.warn(
          "model {} runs on the CPU: {} agrees with it only to cosine {}",
          model.name(),
          preferred,
          agreement);
    } catch (OrtException e) {
      log.warn(
          "model {} runs on the CPU: {} refused it ({})", model.name(), preferred, e.getMessage());
    }
    if (accelerated != null) {
      accelerated.close();
    }
    return reference;
  }

  /** The embedding of a sound that fills every band: a buzz at 120 Hz over a fixed noise. */
  static float[] probe(Network network, Contract contract, int samples) throws OrtException {
    float[] sound = new float[samples];
    int noise = 1;
    for (int i = 0; i < samples; i++) {
      noise = noise * 1_664_525 + 1_013_904_223;
      sound[i] = 0.2f * (2 * ((i * 120L % 16_000) / 16_000f) - 1) + 0.01f * (noise >> 16) / 32768;
    }
    float[] input =
        contract.kind() == InputKind.WAVEFORM
            ? sound
            : new Fbank().computeCentred(sound, 0, samples).values();
    float[] speech = new float[samples / SpeakerEmbedder.FLAG];
    Arrays.fill(speech, 1);
    return network.run(
        direct(input),
        contract.shape(contract.audio(), samples, speech.length),
        direct(speech),
        new long[] {1, speech.length});
  }

  static FloatBuffer direct(float[] values) {
    return ByteBuffer.allocateDirect(values.length * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer()
        .put(values)
        .flip();
  }

  /** NaN, which is no agreement, where one is all zeros or has values that are not finite. */
  private static double cosine(float[] a, float[] b) {
    double dot = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < Math.min(a.length, b.length); i++) {
      dot += (double) a[i] * b[i];
      aa += (double) a[i] * a[i];
      bb += (double) b[i] * b[i];
    }
    return dot / Math.sqrt(aa * bb);
  }
}
